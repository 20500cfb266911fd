//! The network that helps to cut out: `image` asks it, `engine` runs it.

use crate::engine::guard;
use crate::engine::models::matte;
use crate::image::matte::{Finder, Help};
use crate::progress::{Cancelled, Monitor};
use crate::request::{CutOutMethod, CutOutParams};

/// The network inside the program, on the processor.
struct Embedded;

impl Finder for Embedded {
    fn side_px(&self) -> u32 {
        matte::model::side() as u32
    }

    fn find(&self, rgb: &[u8], monitor: &Monitor) -> Result<Option<Vec<f32>>, Cancelled> {
        let found = guard(|| matte::model::logits(rgb, monitor));
        monitor.check()?;
        // Colours can do without it.
        Ok(found.inspect_err(|error| tracing::warn!("the network for cutting out: {error}")).ok())
    }
}

/// Whom a request lets help to cut out.
pub fn help(params: &CutOutParams) -> Help<'static> {
    match params.method {
        CutOutMethod::Auto => Help::WhereUnsure(&Embedded),
        CutOutMethod::Colors => Help::None,
        CutOutMethod::Network => Help::Always(&Embedded),
    }
}
