"""HTML to a tagged PDF (PDF/UA-1). Only `casework.documents` calls this, and only a worker calls that."""

import io

import pikepdf


def render(html):
    """This will return the PDF of an HTML page as bytes: tagged, in English, the same bytes for the same page.

    Nothing is fetched: pictures come as data: addresses. WeasyPrint leaves out the scope of table headers and the
    print flag of links, which a screen reader and PDF/UA need; they are added here.
    """
    # Here, not above: it is a third of what a process takes to start, and only a worker that renders needs it.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    made = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(pdf_variant="pdf/ua-1")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        _scope_headers(pdf.Root.StructTreeRoot.K)
        for page in pdf.pages:
            for annotation in page.get("/Annots", []):
                annotation["/F"] = 4
            if "/Annots" in page:
                page["/Tabs"] = pikepdf.Name("/S")
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _scope_headers(node, in_head=False):
    if isinstance(node, pikepdf.Array):
        for child in node:
            _scope_headers(child, in_head)
    elif isinstance(node, pikepdf.Dictionary):
        kind = node.get("/S")
        if kind == "/TH":
            scope = pikepdf.Name("/Column" if in_head else "/Row")
            attributes = node.get("/A")
            if isinstance(attributes, pikepdf.Dictionary):
                attributes["/Scope"] = scope
            else:
                node["/A"] = pikepdf.Dictionary({"/O": pikepdf.Name("/Table"), "/Scope": scope})
        if "/K" in node:
            _scope_headers(node["/K"], in_head or kind == "/THead")
