"""The Web Push protocol, free of Django and of models: encryption, VAPID, endpoint policy, transport."""
