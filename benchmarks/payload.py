"""What the peers and the encoders are given: a message as long as an alert's with its card really is."""

import json

PAYLOAD_BYTES = 920


def make_payload() -> bytes:
    """JSON of PAYLOAD_BYTES bytes, in the shape of ours."""
    notification = {
        "title": "C'est l'heure",
        "body": "Dix-huit heures. Ouvrez, écrivez avec vos propres mots, publiez.",
        "navigate": "https://mobilise.example/a/0b8f4f0e-6f1c-4a53-9d0c-6f1f0d1a2b3c?alert=0b8f4f0e",
        "tag": "0b8f4f0e-6f1c-4a53-9d0c-6f1f0d1a2b3c",
        "lang": "fr",
        "data": {"type": "alert", "id": "0b8f4f0e-6f1c-4a53-9d0c-6f1f0d1a2b3c", "receipt": "A" * 43, "card": ""},
    }
    payload = {"web_push": 8030, "mutable": True, "notification": notification}
    bare = len(json.dumps(payload, ensure_ascii=False).encode())
    notification["data"] = {**notification["data"], "card": "x" * (PAYLOAD_BYTES - bare)}  # type: ignore[dict-item]  # data is a dictionary
    return json.dumps(payload, ensure_ascii=False).encode()
