"""The frame round every page: title, navigation and theme."""

import streamlit as st

from playground.ui.assets import FOLDER, STYLE, early_script
from playground.ui.link_notices import warn_of_unread_names
from playground.ui.navigation import enter_page
from playground.ui.still_charts import warn_of_failure

st.set_page_config(page_title="Loss Playground", page_icon="📉", layout="wide", initial_sidebar_state=400)
st.html(STYLE)
st.html(early_script(), unsafe_allow_javascript=True)
PAGES = [
    st.Page("train.py", title="Train", default=True),
    st.Page("losses.py", title="Losses"),
    st.Page("landscape.py", title="Landscape"),
    st.Page("classify.py", title="Classify"),
    st.Page("overfit.py", title="Overfit"),
    st.Page("gradients.py", title="Gradients"),
    st.Page("compare.py", title="Compare"),
]
page = st.navigation(PAGES, position="top")
enter_page(page.url_path)
warn_of_failure(FOLDER)
above = st.container()
page.run()
with above:
    warn_of_unread_names()
