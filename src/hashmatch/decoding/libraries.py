"""The C libraries inside the decoders' packages, with their versions."""


def library_versions() -> dict[str, str]:
    """Name and version of each; a package that cannot be loaded is left out."""
    found: dict[str, str] = {}
    try:
        import av
    except ImportError:
        pass
    else:
        for name, numbers in av.library_versions.items():
            found[name] = ".".join(map(str, numbers))
    try:
        import pi_heif
    except ImportError:
        pass
    else:
        found["libheif"] = str(pi_heif.libheif_version())
    try:
        from PIL import features
    except ImportError:
        return found
    for name in ("libjpeg_turbo", "jpg_2000", "zlib", "libtiff", "webp", "avif"):
        if version := features.version(name):
            found[f"Pillow {name}"] = str(version)
    return found
