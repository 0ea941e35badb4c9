"""How Sphinx makes the site of these pages. `docs/build` runs it."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "hashmatch"
author = "the hashmatch authors"
project_copyright = "the hashmatch authors, Apache-2.0"
version = release = installed("hashmatch")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated"]
exclude_patterns = ["_ext"]
root_doc = "index"
needs_sphinx = "8.2"

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
default_role = "literal"  # docstrings set code between single backticks
smartquotes_action = "D"  # dashes of autodoc; quotation marks stay as they are written

autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False
# A class is found by its public name and by its module: both lead to the same place.
suppress_warnings = ["ref.python"]
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"hashmatch {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_use_index = True
