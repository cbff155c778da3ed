"""One card job after another through real pcscd and vpcd, beside the time of its round trips."""
