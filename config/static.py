"""How static files are named and served: by their content, compressed, cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also renames the files that a JavaScript module imports (only imports that end in a semicolon are seen)."""

    support_js_module_import_aggregation = True
