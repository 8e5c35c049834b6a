"""What people are shown of a material: pictures without what the camera wrote into them, everything else as sent."""

from __future__ import annotations

from pathlib import PurePosixPath

from domain.case import Material
from models.sealing import SealError
from services.files.apart import picture_of
from services.materials.store import content_of
from services.store.app import AppContext


class Broken(Exception):
    """What is stored is not what was handed in, or is gone."""


async def shown(app: AppContext, case_id: int, material: Material) -> tuple[str, bytes]:
    """Name and bytes of a material as a person gets them. Raises `Broken`, services.files.text.Unreadable."""
    try:
        content = await content_of(app, case_id, material.number)
    except (LookupError, SealError) as error:
        raise Broken(str(material.number)) from error
    if material.kind != "image":
        return material.name, content
    return f"{PurePosixPath(material.name).stem}.jpg", await picture_of(content)
