/** The client that `init` makes and gives every right. */
export const ADMIN_CLIENT_ID = 'admin'

/** The service itself: its TLS certificate is issued, listed and revoked like any other. */
export const SERVICE_CLIENT_ID = 'chancery'
