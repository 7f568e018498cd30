"""What the pages share: controls, the live figure, the state of a visit. Below the pages, only this uses Streamlit."""
