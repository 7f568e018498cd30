"""What the pages share: controls, the live figure, the state of a session. Streamlit is imported only here and in the pages."""
