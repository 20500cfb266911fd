//! Pictures that go through a learned model together.
//!
//! A card has room for several pictures at once and takes little longer for them. So the picture whose
//! turn it is takes along those that come next, as far as they ask for the same; their latents are
//! stored, and found when their turn comes. While the model works, the pictures after them are cut out.

use super::error::PipelineError;
use super::learned::{self, Found};
use super::stages::Run;
use super::{Circumstances, Input};
use crate::cache::{self, Key};
use crate::engine::learned::{Latents, Made, Shown};
use crate::progress::{Monitor, Stage};
use crate::request::Request;

/// Pictures cut out ahead while the model works.
const AHEAD: usize = 4;

/// The pictures of one call.
pub(super) struct Company<'a> {
    objects: Vec<Shown>,
    /// Where the latents of all but the first belong.
    pub keys: Vec<Key>,
    /// Who comes after them.
    ahead: &'a [(Request, Input)],
}

impl<'a> Company<'a> {
    /// `mine`, and those of the pictures that come next and go through the model in the same way.
    pub(super) fn gather(run: &Run<'a>, found: &Found, mine: Shown) -> Result<Self, PipelineError> {
        let upcoming = run.around.upcoming;
        let mut company = Self { objects: vec![mine], keys: Vec::new(), ahead: &[] };
        // Without a cache there is no place for what is not asked for yet, and beside a picture that is not as asked
        // nothing is stored.
        if upcoming.is_empty() || !run.as_asked || !run.around.tools.cache.can_store() {
            return Ok(company);
        }
        let most = run.around.tools.engine.batch_max(&found.source, run.monitor)?;
        let wanted = cache::digest_of(&learned::encode_settings(&run.request.model));
        let mut taken = 0;
        for (request, input) in upcoming {
            let same = request.learned_model() == run.request.learned_model()
                && cache::digest_of(&learned::encode_settings(&request.model)) == wanted;
            if company.objects.len() >= most || !same {
                break;
            }
            taken += 1;
            // What is wrong with it is said when its turn comes.
            if let Some((key, shown)) = next(request, input, run, found) {
                run.monitor.check()?;
                if Some(key) != run.missing_latents() && !company.keys.contains(&key) {
                    company.keys.push(key);
                    company.objects.push(shown);
                }
            }
        }
        company.ahead = &upcoming[taken..(taken + AHEAD).min(upcoming.len())];
        Ok(company)
    }

    /// Latents of all, the first one's first.
    pub(super) fn encode(&mut self, run: &Run<'a>, found: &Found) -> Result<Made<Vec<Latents>>, PipelineError> {
        let options = learned::encode_options(&run.request.model);
        let objects = std::mem::take(&mut self.objects);
        let (engine, ahead) = (&run.around.tools.engine, self.ahead);
        let (around, token) = (run.around, run.monitor.cancel_token());
        std::thread::scope(|scope| {
            let named = std::thread::Builder::new().name("orfeas-ahead".to_owned());
            let prepare = move || {
                let silent = |_| ();
                let monitor = Monitor::new(token, &silent);
                for (request, input) in ahead {
                    let around = Circumstances::of(around.tools);
                    // Stored; what is wrong with it is said when its turn comes.
                    let run = Run::start_with(None, request, input, &around, &monitor);
                    let _ = run.and_then(|mut run| run.cut_out());
                }
            };
            if !ahead.is_empty() {
                let _ = named.spawn_scoped(scope, prepare);
            }
            run.monitor.part(Stage::Latents, run.model_share(), |monitor| {
                Ok(engine.encode(&found.source, objects, options, monitor)?)
            })
        })
    }
}

/// The picture of a request that comes next, where its latents are not stored yet.
fn next(request: &Request, input: &Input, run: &Run, found: &Found) -> Option<(Key, Shown)> {
    let silent = |_| ();
    let monitor = Monitor::new(run.monitor.cancel_token(), &silent);
    let around = Circumstances::of(run.around.tools);
    let mut other = Run::start_with(Some(found.clone()), request, input, &around, &monitor).ok()?;
    let key = other.missing_latents()?;
    let shown = other.shown(found).ok()?;
    // What is not as it was asked for is not stored.
    other.as_asked.then_some((key, shown))
}
