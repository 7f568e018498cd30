"""The server. ``streamlit run app.py`` starts it; the pages begin in ``pages/frame.py``."""

from playground.server.installation import check_installation

check_installation()  # 10 ms: what is missing is said before an import fails

from playground import compute  # noqa: E402

compute.start()  # before all else: TensorFlow takes longer to load than the server, and loads beside it

import streamlit as st  # noqa: E402

from playground.server import application as server  # noqa: E402

app = st.App("pages/frame.py", lifespan=server.lifespan, routes=server.routes(), middleware=server.middleware())
