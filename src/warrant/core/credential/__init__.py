"""What a stranger can check without an account or a network: signed QR, status list, key directory, verdict."""
