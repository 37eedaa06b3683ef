"""Client of Chancery. `chancery.v1` has the stubs of its API."""
