//! Bad files through the real program: each gives one clear sentence and an exit code, never a
//! panic, never a file or a part of one, and never much memory or time.

mod bytes;
mod desk;
mod meshes;
mod paths;
mod pictures;
