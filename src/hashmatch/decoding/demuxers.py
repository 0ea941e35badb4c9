"""FFmpeg's demuxers that may open evidence: each reads the one file that it is given, and no other.

Left out are playlists and scripts (`concat`, `hls`, `dash`, `imf`, `sdp`), series of pictures
(`image2`), those that open a second file (`vobsub`, `mlv`), devices, networks, subtitles and text
art. FFmpeg guesses the format of every file among all that it knows, and refuses what is not on
the list that it is given.
"""

from typing import Final

_COMMON: Final = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "asf", "flv", "ogg"),
    *("mpegts", "mpeg", "mpegvideo", "rm", "mxf", "nut", "ivf", "wtv", "dv", "yuv4mpegpipe"),
    *("h264", "hevc", "vvc", "m4v", "h263", "h261", "obu", "av1", "vc1", "vc1test", "evc"),
    *("cavsvideo", "avs2", "avs3", "dirac", "dnxhd", "apv", "mpjpeg", "swf", "kux", "live_flv"),
)
_RECORDERS: Final = (
    *("dhav", "hxvs", "ifv", "iv8", "lmlm4", "luodat", "mxg", "nc", "ivr", "pva", "ty", "gxf"),
    *("lxf", "simbiosis_imx", "ingenient", "nuv", "nsv", "vivo", "vividas", "msnwctcp", "mtv"),
    *("r3d", "cine", "ser", "pmp", "smjpeg", "mjpeg_2000", "moflex", "mods", "pdv"),
)
"""Formats of surveillance, broadcast, television, telephones, cameras."""
_OLD: Final = (
    *("3dostr", "4xm", "anm", "avs", "bethsoftvid", "bfi", "bink", "bmv", "c93", "cdxl"),
    *("dcstr", "dfa", "dsicin", "dxa", "ea", "film_cpk", "filmstrip", "flic", "frm", "gdv", "hnm"),
    *("idcin", "iff", "ipmovie", "ipu", "jv", "lvf", "mgsts", "mm", "mv", "mvi", "paf", "psxstr"),
    *("rl2", "roq", "rpl", "sga", "siff", "smk", "smush", "thp", "tiertexseq", "tmv", "usm"),
    *("vmd", "wc3movie", "wsvqa", "xmv", "yop"),
)
"""Formats of games and of computers of the past."""

VIDEO: Final = (*_COMMON, *_RECORDERS, *_OLD)
"""FFmpeg's names of what can hold moving pictures."""

SOUND: Final = (
    *("mp3", "flac", "wav", "aiff", "ape", "wv", "tta", "mpc", "mpc8", "dsf", "tak", "oma", "aac"),
    *("w64", "caf", "au", "ac3", "eac3", "dts", "amr", "opus", "loas"),
)
"""FFmpeg's names of sound files, which can hold cover art."""
