"""What hotline audit anchor | public-key do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.anchoring import hand_out, make, make_keys
from hotline.commands.installation import with_hub

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub


def make_anchor(settings: Settings, to: Path | None) -> int:
    """Anchor the trails now, and give an auditor what is new."""

    async def job(hub: Hub) -> int:
        folder = settings.anchors_dir
        made = await make(hub, folder)
        if made is None:
            print("另一进程刚刚完成了锚定")
        else:
            print(f"第{made.number}号锚定：{made.leaves}件工单，根 {made.root}\n{folder / made.name}")
        if to is not None:
            print(f"已复制{hand_out(folder, to)}个文件到 {to}")
        return 0

    return with_hub(settings, job)


def show_public_key(settings: Settings) -> None:
    """Print what an auditor checks signatures by; made where there is none yet."""
    public = make_keys(settings.anchors_dir, settings.cipher_suite).public
    print(f"{public.pem().decode()}# {public.name}")
