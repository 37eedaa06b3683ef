"""Stubs of chancery.v1, made from proto/ by scripts/generate-clients.sh."""
