"""The frame round every page: title, navigation, theme and footer."""

import streamlit as st

from playground.ui.assets import FOLDER, STYLE, early_script
from playground.ui.footer import footer
from playground.ui.frame import list_pages, title_of
from playground.ui.link_bar import draw_link_bar
from playground.ui.link_notices import warn_of_unread_names
from playground.ui.navigation import enter_page
from playground.ui.still_charts import warn_of_failure

page = st.navigation(list_pages(), position="top")
st.set_page_config(page_title=title_of(page), layout="wide", initial_sidebar_state=400)
st.html(STYLE)
st.html(early_script(), unsafe_allow_javascript=True)
enter_page(page.url_path)
draw_link_bar()
warn_of_failure(FOLDER)
above = st.container()
page.run()
with above:
    warn_of_unread_names()
st.html(footer())
