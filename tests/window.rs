//! The real window, driven by its labels as a person would, without a display.
//!
//! Nothing here needs a graphics adapter except the pictures in `snapshots`; those say when they are
//! skipped, and fail instead where `ORFEAS_REQUIRE_GPU` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

#[path = "window/cards.rs"]
mod cards;
#[path = "window/cutouts.rs"]
mod cutouts;
#[path = "window/driver.rs"]
mod driver;
#[path = "window/exports.rs"]
mod exports;
#[path = "window/flows.rs"]
mod flows;
#[path = "window/models.rs"]
mod models;
#[path = "window/pictures.rs"]
mod pictures;
#[allow(dead_code, reason = "the tests of the model manager use the rest")]
#[path = "models/server.rs"]
mod server;
#[path = "window/sizes.rs"]
mod sizes;
#[path = "window/slips.rs"]
mod slips;
#[allow(dead_code, reason = "the tests of the model manager use the rest")]
#[path = "models/toy.rs"]
mod toy;
