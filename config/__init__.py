"""The composition root: settings, URLs, processes, checks. Nothing imports it, and importing it costs nothing."""
