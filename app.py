"""The server. ``streamlit run app.py`` starts it; the pages begin in ``pages/frame.py``."""

import streamlit as st

from playground import server

app = st.App("pages/frame.py", lifespan=server.lifespan, routes=server.routes(), middleware=server.middleware())
