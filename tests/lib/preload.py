# SPDX-License-Identifier: Apache-2.0
"""LD_PRELOAD ends a name at a blank or a colon, and a clone may stand under any path."""
import os
import shutil


def preloadable(library, folder):
    """The library under a name that LD_PRELOAD can say: itself, or a copy in @folder, which is a plain temporary one."""
    if " " not in library and ":" not in library:
        return library
    os.makedirs(folder, exist_ok=True)
    return shutil.copy(library, os.path.join(folder, os.path.basename(library)))
