//! Where a denoiser's blocks are: on the device, or in their file until their turn comes.

use std::ops::Deref;
use std::sync::Arc;

use burn::tensor::backend::Backend as _;

use crate::engine::Backend;
use crate::engine::Device;
use crate::engine::weights::{LoadOptions, Precision, WeightFile, Weights, WeightsError, load};
use crate::progress::Monitor;

/// A block that can be loaded by itself.
pub trait InTurn: Sized {
    /// The sizes of the network.
    type Config;
    /// What the list of these blocks is called in the file.
    const LIST: &str;

    /// Block `index` of the list, `w` being at it.
    fn load(w: &Weights, config: &Self::Config, index: usize) -> Self;
}

/// A list of blocks.
pub enum Blocks<B> {
    /// On the device.
    Kept(Vec<B>),
    /// In their file; so many.
    Stored(StoredBlocks, usize),
}

/// Blocks that are loaded when their turn comes and let go after it.
#[derive(Clone)]
pub struct StoredBlocks {
    /// The file, mapped.
    pub file: Arc<WeightFile>,
    /// What the names of the denoiser's tensors start with.
    pub prefix: &'static str,
    /// Where the blocks are needed.
    pub device: Device,
    /// In which number format.
    pub precision: Precision,
}

/// A block in its turn.
pub enum BlockInTurn<'a, B> {
    /// It stays.
    Kept(&'a B),
    /// It is let go.
    Loaded(Box<B>),
}

impl<B> Deref for BlockInTurn<'_, B> {
    type Target = B;

    fn deref(&self) -> &B {
        match self {
            Self::Kept(block) => block,
            Self::Loaded(block) => block,
        }
    }
}

impl<B: InTurn> Blocks<B> {
    /// The first `count` blocks, on the device; `w` is at the denoiser.
    pub fn kept(w: &Weights, config: &B::Config, count: usize) -> Self {
        Self::Kept((0..count).map(|i| B::load(&w.at(B::LIST).at(i), config, i)).collect())
    }

    /// The first `count` blocks, in their file; `w` is at the denoiser.
    pub fn stored(w: &Weights, blocks: &StoredBlocks, count: usize) -> Self {
        w.ignore(&format!("{}.", B::LIST));
        Self::Stored(blocks.clone(), count)
    }

    /// How many.
    pub fn count(&self) -> usize {
        match self {
            Self::Kept(blocks) => blocks.len(),
            Self::Stored(_, count) => *count,
        }
    }

    /// Whether the weights take memory only in their turn.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(..))
    }

    /// Block `index`, which is less than [`Self::count`].
    ///
    /// # Errors
    /// Those of loading it.
    pub fn get(&self, index: usize, config: &B::Config) -> Result<BlockInTurn<'_, B>, WeightsError> {
        match self {
            Self::Kept(blocks) => Ok(BlockInTurn::Kept(&blocks[index])),
            Self::Stored(stored, _) => Ok(BlockInTurn::Loaded(Box::new(stored.load(index, config)?))),
        }
    }
}

impl StoredBlocks {
    fn load<B: InTurn>(&self, index: usize, config: &B::Config) -> Result<B, WeightsError> {
        // A card takes orders faster than it works: without waiting, several blocks would be there at once.
        // What went wrong shows when the latents are read.
        let _ = Backend::sync(&self.device);
        let prefix = format!("{}{}.{index}.", self.prefix, B::LIST);
        let (device, precision) = (self.device.clone(), self.precision);
        let options = LoadOptions { device, precision, prefix: &prefix, monitor: Monitor::silent() };
        load(&self.file, &options, |w| B::load(w, config, index))
    }
}
