"""Executive slides as a PPTX file: native text, tables and charts, to be shown, changed and shown again."""
