//! How much memory the parts need, and what fits.

use std::collections::BTreeMap;

use super::super::denoiser::TILES_AT_ONCE;
use super::super::published::{PublishedConfig, VelocityConfig};
use super::super::vae::VaeConfig;
use super::Stage;
use crate::engine::Device;
use crate::engine::error::EngineError;
use crate::engine::learned::Place;
use crate::engine::weights::{Precision, WeightFile};
use crate::files::bytes_in_words;

/// Bytes that each part needs, estimated from sizes alone, and how much there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Weights by [`Stage`].
    weights: [u64; 3],
    /// Activations by [`Stage`]: one picture through the conditioner, one picture and one half of the
    /// guidance through the denoiser, the smallest chunk of points through the decoder.
    least: [u64; 3],
    /// Copies of experts' weights beside the denoiser's activations.
    copies: u64,
    /// Weights of the denoiser that must be there at once when its blocks take turns.
    denoiser_at_once: u64,
    /// What the device can give in all, if it is known.
    budget: Option<u64>,
    device: String,
}

/// Activations of a transformer block that are alive at once, in token widths: norm, queries, keys,
/// values, result, four widths of the feed-forward layer twice, what is added.
const WIDTHS_ALIVE: u64 = 16;

impl Plan {
    /// For objects of so many views.
    pub(super) fn new(
        config: &PublishedConfig,
        vae: &VaeConfig,
        file: &WeightFile,
        views: usize,
        place: &Place,
    ) -> Self {
        let size = if place.precision == Precision::F32 { 4 } else { 2 };
        let weights = ["conditioner.", "model.", "vae."].map(|prefix| {
            let used = |name: &&str| name.starts_with(prefix) && !name.starts_with("vae.encoder.");
            file.names().filter(used).map(|name| count(file, name)).sum::<u64>() * size
        });
        let denoiser_at_once = by_blocks(file) * size;
        let dino = &config.conditioner.dino;
        let context = (config.conditioner.image_size / dino.patch_size).pow(2) as u64 + 1;
        let (width, saved, tokens) = match &config.velocity {
            VelocityConfig::Moe(moe) => (moe.hidden_size as u64, moe.depth as u64 / 2, vae.num_latents as u64 + 1),
            VelocityConfig::Flux(flux) => (flux.hidden_size as u64, 0, vae.num_latents as u64 + views as u64 * context),
        };
        let least = [
            context * dino.hidden_size as u64 * WIDTHS_ALIVE * size,
            tokens * width * (WIDTHS_ALIVE + saved) * size,
            vae.num_latents as u64 * vae.width as u64 * WIDTHS_ALIVE * size,
        ];
        let copies = match &config.velocity {
            VelocityConfig::Moe(moe) if !matches!(place.device, Device::Flex(_)) => {
                (TILES_AT_ONCE * moe.hidden_size * moe.ffn_size()) as u64 * size
            }
            _ => 0,
        };
        Self { weights, least, copies, denoiser_at_once, budget: place.memory.free_bytes, device: place.name.clone() }
    }

    pub(super) fn all_bytes(&self) -> u64 {
        self.weights.iter().sum()
    }

    /// Weights of the parts that are `loaded`.
    pub(super) fn bytes_of(&self, loaded: [bool; 3]) -> u64 {
        self.weights.iter().zip(loaded).filter(|(_, loaded)| *loaded).map(|(bytes, _)| bytes).sum()
    }

    fn activations(&self, stage: Stage, batch: usize) -> u64 {
        match stage {
            Stage::Denoiser => self.copies + 2 * batch as u64 * self.least[1],
            _ => self.least[stage as usize],
        }
    }

    /// Whether all parts can stay loaded while `batch` pictures go through the denoiser.
    pub(super) fn keeps_all(&self, batch: usize) -> bool {
        let most = self.least.iter().max().copied().unwrap_or(0).max(self.activations(Stage::Denoiser, batch));
        self.budget.is_none_or(|budget| self.all_bytes() + most <= budget)
    }

    /// Most pictures, up to `most`, that go through the denoiser at once.
    pub(super) fn batch_max(&self, most: usize) -> usize {
        let Some(budget) = self.budget else { return 1 };
        let fits = |batch: &usize| self.weights[1] + self.activations(Stage::Denoiser, *batch) <= budget;
        (1..=most).rev().find(fits).unwrap_or(1)
    }

    /// Whether the denoiser's blocks have to take turns: they do not fit at once beside the least work.
    pub(super) fn needs_turns(&self) -> bool {
        let fits = |budget| self.weights[1] + self.copies + self.least[1] <= budget;
        self.denoiser_at_once < self.weights[1] && !self.budget.is_none_or(fits)
    }

    /// Whether both halves of the guidance of one picture fit at once.
    pub(super) fn pair_fits(&self) -> bool {
        let weights = if self.needs_turns() { self.denoiser_at_once } else { self.weights[1] };
        self.budget.is_none_or(|budget| weights + self.activations(Stage::Denoiser, 1) <= budget)
    }

    /// Need and free memory, in words: `7.7 GiB are needed for one picture, of which 6.6 GiB are weights; 11.2 GiB
    /// are free on a card`.
    pub(super) fn in_words(&self) -> String {
        let work = self.least.iter().max().copied().unwrap_or(0).max(self.activations(Stage::Denoiser, 1));
        let [weights, all] = [self.all_bytes(), self.all_bytes() + work].map(bytes_in_words);
        let free = match self.budget {
            Some(budget) => format!("{} are free on {}", bytes_in_words(budget), self.device),
            None => format!("how much is free on {} is not known", self.device),
        };
        format!("{all} are needed for one picture, of which {weights} are weights; {free}")
    }

    /// Fails where not even `stage` alone, with the least work at a time, has room.
    pub(super) fn check(&self, stage: Stage) -> Result<(), EngineError> {
        let (mut weights, least) = (self.weights[stage as usize], self.least[stage as usize]);
        if stage == Stage::Denoiser {
            weights = self.denoiser_at_once + self.copies;
        }
        match self.budget {
            Some(budget) if weights + least > budget => Err(EngineError::OutOfMemory {
                what: match stage {
                    Stage::Conditioner => "the model's image encoder",
                    Stage::Denoiser => "the model's denoiser",
                    Stage::Decoder => "the model's decoder",
                },
                device: self.device.clone(),
                detail: format!("it needs {}, {} are free", bytes_in_words(weights + least), bytes_in_words(budget)),
                advice: "close other programs, or choose a smaller model or another device",
            }),
            _ => Ok(()),
        }
    }
}

/// Numbers of a tensor.
fn count(file: &WeightFile, name: &str) -> u64 {
    file.get(name).map_or(0, |t| t.shape().iter().product::<usize>() as u64)
}

/// Numbers of the denoiser that must be there at once when its blocks take turns: of two blocks, since one
/// is let go when the next is there, and of what stands around them.
fn by_blocks(file: &WeightFile) -> u64 {
    let (mut blocks, mut around) = (BTreeMap::new(), 0);
    for name in file.names().filter(|name| name.starts_with("model.")) {
        let mut parts = name.split('.').skip(1);
        match (parts.next(), parts.next()) {
            (Some(list), Some(index)) if list.ends_with("blocks") => {
                *blocks.entry((list, index)).or_insert(0) += count(file, name);
            }
            _ => around += count(file, name),
        }
    }
    around + 2 * blocks.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published 2.1 in 16 bits on a card with this much memory.
    fn plan(gigabytes: u64) -> Plan {
        Plan {
            weights: [609_000_000, 6_101_000_000, 428_000_000],
            least: [45_000_000, 436_000_000, 134_000_000],
            copies: 268_000_000,
            denoiser_at_once: 1_400_000_000,
            budget: Some(gigabytes * 1_000_000_000),
            device: "a card".to_owned(),
        }
    }

    #[test]
    fn more_memory_is_more_at_once() {
        assert!(plan(12).keeps_all(4) && plan(12).batch_max(4) == 4);
        assert!(!plan(8).keeps_all(1) && plan(8).pair_fits() && plan(8).batch_max(4) == 1);
        let small = Plan { budget: Some(6_900_000_000), ..plan(0) };
        assert!(!small.pair_fits() && small.check(Stage::Denoiser).is_ok());
        assert_eq!(Plan { budget: None, ..plan(0) }.batch_max(4), 1);
    }

    #[test]
    fn what_cannot_fit_is_told_before_it_starts() {
        assert!(plan(6).check(Stage::Denoiser).is_ok() && plan(6).needs_turns() && !plan(7).needs_turns());
        assert!(plan(6).pair_fits(), "there is room when only one block is there");
        let error = plan(1).check(Stage::Denoiser).unwrap_err();
        assert!(error.is_out_of_memory());
        let text = error.to_string();
        assert!(text.contains("2.0 GiB") && text.contains("953.7 MiB") && text.contains("a card"), "{text}");
        assert!(plan(6).check(Stage::Decoder).is_ok());
        let words = plan(12).in_words();
        assert!(words.starts_with("7.7 GiB") && words.contains("6.6 GiB") && words.ends_with("a card"), "{words}");
        assert_eq!(plan(6).bytes_of([true, false, true]), 1_037_000_000);
    }
}
