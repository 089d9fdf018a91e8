"""Security headers by address: nothing for the app and the API but what they use, `self` for the admin."""
