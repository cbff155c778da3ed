"""What goes on the chip of a job, as it is kept with the job."""

from __future__ import annotations

import base64
import json

from warrant.core.chip.content import CardContent, decode_content, encode_content


def store_content(content: CardContent) -> bytes:
    """Return the chip's signed files as one piece of JSON: the same bytes for the same content."""
    images = {
        f"{file_id:04X}": base64.b64encode(image).decode()
        for file_id, image in encode_content(content).items()
    }
    return json.dumps(images, sort_keys=True).encode("ascii")


def stored_content(stored: bytes) -> CardContent:
    """Return what :func:`store_content` stored. Raises: InvalidInput ``card-content-malformed``."""
    return decode_content(
        {int(file_id, 16): base64.b64decode(image) for file_id, image in json.loads(stored).items()}
    )
