//! Properties of pictures.
