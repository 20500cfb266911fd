//! The entropy-coded data of a JPEG: its blocks are counted, their values are not made.
//!
//! Follows sequential and progressive Huffman coding (ITU-T T.81, annexes F and G).

/// Why a scan was not followed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Something that is not followed; that says nothing about the file.
    Unknown,
    /// There are fewer blocks than the frame has.
    BreaksOff,
    /// There are codes that mean nothing, or far more data than blocks.
    Garbled,
}

struct Component {
    id: u8,
    /// Blocks of it in one MCU, across and down.
    sampling: [u32; 2],
    /// Blocks across and down, rounded up to whole MCUs.
    blocks: [usize; 2],
    /// Which coefficients of each block are not zero so far, a bit for each. Only progressive scans have it.
    nonzero: Vec<u64>,
    is_begun: bool,
}

/// What the header of a frame says.
pub(super) struct Frame {
    is_progressive: bool,
    size: [u32; 2],
    most_sampling: [u32; 2],
    components: Vec<Component>,
}

impl Frame {
    /// Nothing for what is not followed.
    pub(super) fn read(segment: &[u8], is_progressive: bool) -> Option<Self> {
        let [8, y1, y0, x1, x0, count, rest @ ..] = segment else { return None };
        let size = [u16::from_be_bytes([*x1, *x0]), u16::from_be_bytes([*y1, *y0])].map(u32::from);
        let listed = rest.get(..3 * usize::from(*count))?;
        if !(1..=4).contains(count) || size.contains(&0) {
            return None;
        }
        let mut components = Vec::new();
        for entry in listed.chunks_exact(3) {
            let sampling = [entry[1] >> 4, entry[1] & 15].map(u32::from);
            if sampling.iter().any(|s| !(1..=4).contains(s)) {
                return None;
            }
            components.push(Component { id: entry[0], sampling, blocks: [0; 2], nonzero: Vec::new(), is_begun: false });
        }
        let most_sampling = [0, 1].map(|i| components.iter().map(|c| c.sampling[i]).max().unwrap_or(1));
        let mut frame = Self { is_progressive, size, most_sampling, components };
        let mcus = frame.mcus();
        for component in &mut frame.components {
            component.blocks = [0, 1].map(|i| (mcus[i] * component.sampling[i]) as usize);
        }
        Some(frame)
    }

    /// Whether there was no scan with the mean values of some component: it would be grey.
    pub(super) fn lacks_a_component(&self) -> bool {
        self.components.iter().any(|c| !c.is_begun)
    }

    /// Across and down.
    fn mcus(&self) -> [u32; 2] {
        [0, 1].map(|i| self.size[i].div_ceil(8 * self.most_sampling[i]))
    }

    /// Blocks that a component has in a scan of its own.
    fn own_blocks(&self, index: usize) -> [u32; 2] {
        let sampling = self.components[index].sampling;
        [0, 1].map(|i| (self.size[i] * sampling[i]).div_ceil(self.most_sampling[i]).div_ceil(8))
    }
}

/// A Huffman table.
pub(super) struct Table {
    /// By the next 16 bits: length of the code, and its symbol; length 0 for no code.
    codes: Vec<(u8, u8)>,
    /// The same by the next [`SHORT_BITS`], for codes that are no longer: it stays near at hand.
    short: Vec<(u8, u8)>,
}

const SHORT_BITS: u32 = 9;

impl Table {
    /// The table at the start of a segment's rest, and its length in bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let counts = bytes.get(..16)?;
        let mut symbols = bytes[16..].iter();
        let mut codes = Vec::with_capacity(1 << 16);
        for (length, count) in (1..).zip(counts) {
            for _ in 0..*count {
                let symbol = *symbols.next()?;
                let end = codes.len() + (1 << (16 - length));
                if end > 1 << 16 {
                    return None;
                }
                codes.resize(end, (length, symbol));
            }
        }
        codes.resize(1 << 16, (0, 0));
        let short = codes.iter().step_by(1 << (16 - SHORT_BITS)).map(|code| match code.0 {
            length if u32::from(length) > SHORT_BITS => (0, 0),
            _ => *code,
        });
        let short = short.collect();
        Some((Self { codes, short }, 16 + counts.iter().map(|c| usize::from(*c)).sum::<usize>()))
    }
}

/// The bits between two markers.
struct Bits<'a> {
    bytes: &'a [u8],
    /// Next byte.
    at: usize,
    /// Those read and not used yet, in the lowest bits.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, held: 0, count: 0 }
    }

    /// The next byte, without stuffing; nothing before a marker.
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        if byte == 0xFF {
            if self.bytes.get(self.at + 1) != Some(&0) {
                return None;
            }
            self.at += 1;
        }
        self.at += 1;
        Some(byte)
    }

    fn fill(&mut self) {
        // Mostly there is neither stuffing nor a marker.
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<4>())
            && self.count <= 32
            && !next.contains(&0xFF)
        {
            self.held = self.held << 32 | u64::from(u32::from_be_bytes(*next));
            self.count += 32;
            self.at += 4;
            return;
        }
        while self.count <= 48 {
            let Some(byte) = self.byte() else { break };
            self.held = self.held << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    /// Up to 16 bits.
    fn take(&mut self, count: u8) -> Result<u32, Fault> {
        let count = u32::from(count);
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count).ok_or(Fault::BreaksOff)?;
        Ok((self.held >> self.count) as u32 & ((1 << count) - 1))
    }

    fn symbol(&mut self, table: &Table) -> Result<u8, Fault> {
        if self.count < 16 {
            self.fill();
        }
        let next = if self.count >= 16 { self.held >> (self.count - 16) } else { self.held << (16 - self.count) };
        let next = usize::from(next as u16);
        let (length, symbol) = match table.short[next >> (16 - SHORT_BITS)] {
            (0, _) => table.codes[next],
            short => short,
        };
        match length {
            0 if self.count < 16 => Err(Fault::BreaksOff),
            0 => Err(Fault::Garbled),
            _ => self.take(length).map(|_| symbol),
        }
    }

    /// Goes to the next marker. What some encoders leave before it is little.
    fn finish(&mut self) -> Result<(), Fault> {
        const MOST_LEFT_BYTES: u32 = 128;
        let mut left = self.count / 8;
        (self.held, self.count) = (0, 0);
        while self.byte().is_some() {
            left += 1;
        }
        if left > MOST_LEFT_BYTES { Err(Fault::Garbled) } else { Ok(()) }
    }

    /// Goes past a restart marker.
    fn restart(&mut self) -> Result<(), Fault> {
        self.finish()?;
        while self.bytes.get(self.at + 1) == Some(&0xFF) {
            self.at += 1;
        }
        let is_there = self.bytes.get(self.at + 1).is_some_and(|code| (0xD0..=0xD7).contains(code));
        self.at += 2;
        if is_there { Ok(()) } else { Err(Fault::BreaksOff) }
    }
}

/// What the header of a scan says of its coefficients.
struct Band {
    first: u8,
    last: u8,
    /// Whether they have been coarse before.
    is_refined: bool,
    is_progressive: bool,
}

/// A component of a scan: its index, its tables.
struct Part<'a> {
    index: usize,
    first: Option<&'a Table>,
    others: Option<&'a Table>,
}

/// Follows the data of a scan and gives its length in bytes.
pub(super) fn walk(
    frame: &mut Frame,
    tables: &[[Option<Table>; 4]; 2],
    restart_interval: u32,
    header: &[u8],
    bytes: &[u8],
) -> Result<usize, Fault> {
    let (parts, band) = read_header(frame, tables, header)?;
    for part in &parts {
        let component = &mut frame.components[part.index];
        component.is_begun |= band.first == 0;
        if band.is_progressive && component.nonzero.is_empty() {
            component.nonzero = vec![0; component.blocks[0] * component.blocks[1]];
        }
    }
    let is_alone = parts.len() == 1;
    let [across, down] = if is_alone { frame.own_blocks(parts[0].index) } else { frame.mcus() };
    let mut bits = Bits::new(bytes);
    let mut ended = 0;
    for mcu in 0..across * down {
        if restart_interval > 0 && mcu > 0 && mcu % restart_interval == 0 {
            bits.restart()?;
            ended = 0;
        }
        let mut follow = || {
            for part in &parts {
                let component = &mut frame.components[part.index];
                let [wide, high] = if is_alone { [1, 1] } else { component.sampling };
                for at in 0..wide * high {
                    let x = mcu % across * wide + at % wide;
                    let y = mcu / across * high + at / wide;
                    let index = y as usize * component.blocks[0] + x as usize;
                    let mut unused = 0;
                    let nonzero = component.nonzero.get_mut(index).unwrap_or(&mut unused);
                    block(&mut bits, part, &band, nonzero, &mut ended)?;
                }
            }
            Ok(())
        };
        match follow() {
            // Some encoders drop the last bits.
            Err(Fault::BreaksOff) if mcu + 1 == across * down => {}
            result => result?,
        }
    }
    bits.finish()?;
    Ok(bits.at)
}

fn read_header<'a>(
    frame: &Frame,
    tables: &'a [[Option<Table>; 4]; 2],
    header: &[u8],
) -> Result<(Vec<Part<'a>>, Band), Fault> {
    let (count, rest) = header.split_first().ok_or(Fault::Garbled)?;
    let (listed, end) = rest.split_at_checked(2 * usize::from(*count)).ok_or(Fault::Garbled)?;
    let mut parts = Vec::new();
    for entry in listed.chunks_exact(2) {
        let index = frame.components.iter().position(|c| c.id == entry[0]).ok_or(Fault::Garbled)?;
        let table = |kind: usize, number: u8| tables[kind].get(usize::from(number))?.as_ref();
        parts.push(Part { index, first: table(0, entry[1] >> 4), others: table(1, entry[1] & 15) });
    }
    let [first, last, approximation] = *end.first_chunk::<3>().ok_or(Fault::Garbled)?;
    let is_progressive = frame.is_progressive;
    // Sequential scans always hold all coefficients, whatever is written here.
    let [first, last] = if is_progressive { [first, last] } else { [0, 63] };
    let band = Band { first, last, is_refined: is_progressive && approximation >> 4 > 0, is_progressive };
    if parts.is_empty() {
        return Err(Fault::Garbled);
    }
    let is_followed = first <= last
        && last < 64
        && (!is_progressive || first > 0 || last == 0)
        && (first == 0 || parts.len() == 1)
        && parts
            .iter()
            .all(|p| (first > 0 || band.is_refined || p.first.is_some()) && (last == 0 || p.others.is_some()));
    if is_followed { Ok((parts, band)) } else { Err(Fault::Unknown) }
}

/// Follows one block. `ended` counts the further blocks that a code for several has ended.
fn block(bits: &mut Bits<'_>, part: &Part<'_>, band: &Band, nonzero: &mut u64, ended: &mut u32) -> Result<(), Fault> {
    if band.first == 0 {
        if band.is_refined {
            bits.take(1)?;
        } else {
            let length = bits.symbol(part.first.ok_or(Fault::Unknown)?)?;
            bits.take(if length < 16 { length } else { return Err(Fault::Garbled) })?;
        }
    }
    if band.last == 0 {
        return Ok(());
    }
    let table = part.others.ok_or(Fault::Unknown)?;
    if band.is_refined {
        return refine(bits, table, band, nonzero, ended);
    }
    if *ended > 0 {
        *ended -= 1;
        return Ok(());
    }
    let mut at = band.first.max(1);
    while at <= band.last {
        let symbol = bits.symbol(table)?;
        let (zeros, length) = (symbol >> 4, symbol & 15);
        match (zeros, length) {
            (15, 0) => at += 16,
            (_, 0) if band.is_progressive => {
                *ended = (1 << zeros) - 1 + bits.take(zeros)?;
                break;
            }
            (_, 0) => break,
            _ => {
                at += zeros;
                if at > band.last {
                    return Err(Fault::Garbled);
                }
                bits.take(length)?;
                *nonzero |= 1 << at;
                at += 1;
            }
        }
    }
    Ok(())
}

/// A block of a scan that refines: every coefficient that is not zero has a bit more, in between others become so.
fn refine(bits: &mut Bits<'_>, table: &Table, band: &Band, nonzero: &mut u64, ended: &mut u32) -> Result<(), Fault> {
    let mut at = band.first;
    while *ended == 0 && at <= band.last {
        let symbol = bits.symbol(table)?;
        let (mut zeros, length) = (symbol >> 4, symbol & 15);
        if length > 0 {
            bits.take(1)?;
        } else if zeros < 15 {
            *ended = (1 << zeros) + bits.take(zeros)?;
            break;
        }
        while at <= band.last {
            if *nonzero >> at & 1 == 1 {
                bits.take(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if length > 0 {
            if at > band.last {
                return Err(Fault::Garbled);
            }
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    if *ended > 0 {
        *ended -= 1;
        let left = (at..=band.last).filter(|at| *nonzero >> at & 1 == 1).count();
        for _ in 0..left {
            bits.take(1)?;
        }
    }
    Ok(())
}
