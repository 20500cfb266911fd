//! A process whose figures are read while it runs, and what its card says meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often the card is asked.
const EVERY: Duration = Duration::from_millis(200);

/// What a part said and did.
#[derive(Debug, Default)]
pub struct Seen {
    pub values: BTreeMap<String, f64>,
    /// Memory of the card beyond what was taken before, at the most, in MiB.
    pub card_mib: Option<f64>,
    /// Share of the time of the steps in which the card did anything.
    pub busy_percent: Option<f64>,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            ("memory of the card at most", self.card_mib, "MiB"),
            ("of the host", self.values.get("host_mib").copied(), "MiB"),
            ("by its own count", self.values.get("peak_mib").copied(), "MiB"),
            ("card busy", self.busy_percent, "%"),
        ];
        let known = all.iter().filter_map(|(what, value, unit)| Some(format!("{what} {:.0} {unit}", (*value)?)));
        f.write_str(&known.collect::<Vec<_>>().join(", "))
    }
}

/// Memory taken on a card in MiB, and how busy it is in percent.
fn card(number: &str) -> Option<[f64; 2]> {
    let query = ["--query-gpu=memory.used,utilization.gpu", "--format=csv,noheader,nounits", "-i", number];
    let output = Command::new("nvidia-smi").args(query).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (memory, busy) = text.trim().split_once(',')?;
    Some([memory.trim().parse().ok()?, busy.trim().parse().ok()?])
}

/// Runs a command, and takes in its lines `RESULT name value`.
pub fn watched(mut command: Command, device: &str) -> Result<Seen, String> {
    let number = device.strip_prefix("cuda:").map(str::to_owned);
    let before = number.as_deref().and_then(card);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it does not start: {error}"))?;
    let (Some(out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err("it says nothing".to_owned());
    };
    let (ended, timed) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut seen = Seen::default();
    let (mut complaints, mut samples) = (String::new(), Vec::new());
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut samples = Vec::new();
            while let (Some(number), false) = (&number, ended.load(Ordering::SeqCst)) {
                samples.extend(card(number).map(|sample| (sample, timed.load(Ordering::SeqCst))));
                thread::sleep(EVERY);
            }
            samples
        });
        let complaining = scope.spawn(|| _ = err.read_to_string(&mut complaints));
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["RESULT", name, value] = words[..] {
                match name {
                    "begin" => timed.store(true, Ordering::SeqCst),
                    "end" => timed.store(false, Ordering::SeqCst),
                    _ => {}
                }
                seen.values.extend(value.parse().ok().map(|value| (name.to_owned(), value)));
            }
        }
        ended.store(true, Ordering::SeqCst);
        let _ = complaining.join();
        samples = asking.join().unwrap_or_default();
    });
    let most = samples.iter().map(|([memory, _], _)| *memory).fold(f64::NAN, f64::max);
    seen.card_mib = before.map(|[memory, _]| most - memory).filter(|m| m.is_finite());
    let busy: Vec<f64> = samples.iter().filter(|(_, timed)| *timed).map(|([_, busy], _)| *busy).collect();
    seen.busy_percent = (!busy.is_empty()).then(|| busy.iter().sum::<f64>() / busy.len() as f64);
    match child.wait() {
        Ok(status) if status.success() => Ok(seen),
        _ => Err(complaints.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason given").to_owned()),
    }
}
