"""What the system says of a file, in Chinese."""

import errno
from collections.abc import Mapping

_SAID: Mapping[int, str] = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的磁盘只能读取",
    errno.EISDIR: "这是一个文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "文件已经存在",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接互相指向，找不到文件",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EIO: "磁盘读写出错",
}


def said(error: OSError) -> str:
    """What went wrong with a file, without its name; in the system's own words where we have none."""
    return _SAID.get(error.errno or 0, error.strerror or " ".join(str(error).split()))


def is_full(error: OSError) -> bool:
    """Whether the disk, or what the account may have of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
