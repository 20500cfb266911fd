//! Where the denoiser's blocks are: on the device, or in their file until their turn comes.

use std::ops::Deref;
use std::sync::Arc;

use burn::tensor::backend::Backend as _;

use super::super::config::DenoiserConfig;
use super::Block;
use crate::engine::Backend;
use crate::engine::Device;
use crate::engine::weights::{LoadOptions, Precision, WeightFile, WeightsError, load};
use crate::progress::Monitor;

/// The blocks of a denoiser.
pub enum Blocks {
    /// On the device.
    Kept(Vec<Block>),
    /// In their file.
    Stored(StoredBlocks),
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
pub enum BlockInTurn<'a> {
    /// It stays.
    Kept(&'a Block),
    /// It is let go.
    Loaded(Box<Block>),
}

impl Deref for BlockInTurn<'_> {
    type Target = Block;

    fn deref(&self) -> &Block {
        match self {
            Self::Kept(block) => block,
            Self::Loaded(block) => block,
        }
    }
}

impl Blocks {
    /// Block `index`, of those that the configuration counts.
    ///
    /// # Errors
    /// Those of loading it.
    pub fn get(&self, index: usize, config: &DenoiserConfig) -> Result<BlockInTurn<'_>, WeightsError> {
        match self {
            Self::Kept(blocks) => Ok(BlockInTurn::Kept(&blocks[index])),
            Self::Stored(stored) => Ok(BlockInTurn::Loaded(Box::new(stored.load(index, config)?))),
        }
    }
}

impl StoredBlocks {
    fn load(&self, index: usize, config: &DenoiserConfig) -> Result<Block, WeightsError> {
        // A card takes orders faster than it works: without waiting, several blocks would be there at once.
        // What went wrong shows when the latents are read.
        let _ = Backend::sync(&self.device);
        let prefix = format!("{}blocks.{index}.", self.prefix);
        let (device, precision) = (self.device.clone(), self.precision);
        let options = LoadOptions { device, precision, prefix: &prefix, monitor: Monitor::silent() };
        load(&self.file, &options, |w| Block::load(w, config, index))
    }
}
