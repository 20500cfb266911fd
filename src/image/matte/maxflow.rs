//! Minimum cut of a graph whose nodes are pixels (Boykov and Kolmogorov, "An Experimental Comparison
//! of Min-Cut/Max-Flow Algorithms for Energy Minimization in Vision", PAMI 26(9), 2004): two search
//! trees grow from source and sink, meet, push flow, and adopt what the push cut off.
//!
//! Capacities are whole numbers, so the result is exact and the same everywhere.

use std::collections::VecDeque;

/// No arc.
const NONE: u32 = u32::MAX;
/// The parent is the source or the sink itself.
const TERMINAL: u32 = u32::MAX - 1;
/// The parent is being looked for.
const ORPHAN: u32 = u32::MAX - 2;

#[derive(Clone, Copy)]
struct Arc {
    head: u32,
    /// The same edge, the other way.
    sister: u32,
    residual: i32,
}

#[derive(Clone, Copy)]
struct Node {
    /// The arc to the parent in the search tree, or one of the constants above.
    parent: u32,
    /// When `distance` was last known to be right.
    stamp: u32,
    /// Steps to the terminal.
    distance: u32,
    /// What is left of the terminal edge: from the source if positive, to the sink if negative.
    terminal: i32,
    in_sink_tree: bool,
    queued: bool,
}

/// A graph to cut. Nodes are numbered from 0.
pub(super) struct Graph {
    nodes: Vec<Node>,
    /// The arcs of node `i` are `arcs[first[i]..first[i + 1]]`.
    first: Vec<u32>,
    arcs: Vec<Arc>,
    active: VecDeque<u32>,
    orphans: VecDeque<u32>,
    time: u32,
}

impl Graph {
    /// A graph with one terminal edge per node (`terminals`: what it costs to put the node on the sink
    /// side, less what it costs to put it on the source side) and undirected `edges` between nodes.
    /// Edges with a node that does not exist, or with no capacity, are left out.
    pub fn new(terminals: &[i32], edges: &[(u32, u32, i32)]) -> Self {
        let node =
            |&terminal| Node { parent: NONE, stamp: 0, distance: 0, terminal, in_sink_tree: false, queued: false };
        let count = terminals.len();
        let usable =
            |&&(a, b, capacity): &&(u32, u32, i32)| (a as usize) < count && (b as usize) < count && capacity > 0;
        let mut first = vec![0_u32; count + 1];
        for &(a, b, _) in edges.iter().filter(usable) {
            first[a as usize + 1] += 1;
            first[b as usize + 1] += 1;
        }
        for i in 0..count {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut arcs = vec![Arc { head: 0, sister: 0, residual: 0 }; first[count] as usize];
        for &(a, b, residual) in edges.iter().filter(usable) {
            let (to_b, to_a) = (next[a as usize], next[b as usize]);
            arcs[to_b as usize] = Arc { head: b, sister: to_a, residual };
            arcs[to_a as usize] = Arc { head: a, sister: to_b, residual };
            next[a as usize] += 1;
            next[b as usize] += 1;
        }
        Self {
            nodes: terminals.iter().map(node).collect(),
            first,
            arcs,
            active: VecDeque::new(),
            orphans: VecDeque::new(),
            time: 0,
        }
    }

    /// Cuts, and tells for each node whether it is on the source side. Nodes that may be on either
    /// side are on the sink side. `check` is called often and may stop the work.
    ///
    /// # Errors
    /// What `check` returns.
    pub fn cut<E>(mut self, check: impl Fn() -> Result<(), E>) -> Result<Vec<bool>, E> {
        self.start();
        let mut rounds = 0_u32;
        let mut current = None;
        while let Some(node) = current.or_else(|| self.next_active()) {
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(4096) {
                check()?;
            }
            self.time += 1;
            let meeting = self.grow(node);
            current = None;
            if let Some(arc) = meeting {
                self.augment(arc);
                while let Some(orphan) = self.orphans.pop_front() {
                    self.adopt(orphan);
                }
                current = (self.nodes[node as usize].parent != NONE).then_some(node);
            }
        }
        Ok(self.nodes.iter().map(|n| n.parent != NONE && !n.in_sink_tree).collect())
    }

    fn start(&mut self) {
        for i in 0..self.nodes.len() {
            let node = &mut self.nodes[i];
            if node.terminal != 0 {
                node.in_sink_tree = node.terminal < 0;
                node.parent = TERMINAL;
                node.distance = 1;
                self.activate(i as u32);
            }
        }
    }

    fn activate(&mut self, node: u32) {
        let state = &mut self.nodes[node as usize];
        if !state.queued {
            state.queued = true;
            self.active.push_back(node);
        }
    }

    fn next_active(&mut self) -> Option<u32> {
        while let Some(node) = self.active.pop_front() {
            let state = &mut self.nodes[node as usize];
            state.queued = false;
            if state.parent != NONE {
                return Some(node);
            }
        }
        None
    }

    fn arcs_of(&self, node: u32) -> std::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }

    /// What can still flow along `arc`, seen from a tree: away from the source, or towards the sink.
    fn flows(&self, arc: u32, in_sink_tree: bool) -> bool {
        let arc = &self.arcs[arc as usize];
        if in_sink_tree { self.arcs[arc.sister as usize].residual > 0 } else { arc.residual > 0 }
    }

    /// Takes free neighbours into the tree of `node`; gives an arc from the source tree to the sink
    /// tree as soon as it meets the other one.
    fn grow(&mut self, node: u32) -> Option<u32> {
        let Node { in_sink_tree, stamp, distance, .. } = self.nodes[node as usize];
        for index in self.arcs_of(node) {
            if !self.flows(index, in_sink_tree) {
                continue;
            }
            let Arc { head, sister, .. } = self.arcs[index as usize];
            let neighbor = &mut self.nodes[head as usize];
            if neighbor.parent == NONE {
                neighbor.in_sink_tree = in_sink_tree;
                (neighbor.parent, neighbor.stamp, neighbor.distance) = (sister, stamp, distance + 1);
                self.activate(head);
            } else if neighbor.in_sink_tree != in_sink_tree {
                return Some(if in_sink_tree { sister } else { index });
            } else if neighbor.stamp <= stamp && neighbor.distance > distance {
                // A shorter way to the terminal.
                (neighbor.parent, neighbor.stamp, neighbor.distance) = (sister, stamp, distance + 1);
            }
        }
        None
    }

    /// The next arc on the way from a node to its terminal, in the direction of the flow.
    fn flow_arc(&self, parent: u32, in_sink_tree: bool) -> u32 {
        if in_sink_tree { parent } else { self.arcs[parent as usize].sister }
    }

    fn augment(&mut self, meeting: u32) {
        let Arc { head: sink_end, sister, .. } = self.arcs[meeting as usize];
        let source_end = self.arcs[sister as usize].head;
        let mut amount = self.arcs[meeting as usize].residual;
        for start in [source_end, sink_end] {
            amount = amount.min(self.narrowest(start));
        }
        self.push(meeting, amount);
        for start in [source_end, sink_end] {
            self.push_to_terminal(start, amount);
        }
    }

    fn push(&mut self, arc: u32, amount: i32) {
        let sister = self.arcs[arc as usize].sister;
        self.arcs[arc as usize].residual -= amount;
        self.arcs[sister as usize].residual += amount;
    }

    fn narrowest(&self, start: u32) -> i32 {
        let mut amount = i32::MAX;
        let mut node = start;
        loop {
            let Node { parent, in_sink_tree, terminal, .. } = self.nodes[node as usize];
            if parent == TERMINAL {
                return amount.min(terminal.abs());
            }
            amount = amount.min(self.arcs[self.flow_arc(parent, in_sink_tree) as usize].residual);
            node = self.arcs[parent as usize].head;
        }
    }

    fn push_to_terminal(&mut self, start: u32, amount: i32) {
        let mut node = start;
        loop {
            let Node { parent, in_sink_tree, .. } = self.nodes[node as usize];
            if parent == TERMINAL {
                let terminal = &mut self.nodes[node as usize].terminal;
                *terminal -= if in_sink_tree { -amount } else { amount };
                if *terminal == 0 {
                    self.orphan_first(node);
                }
                return;
            }
            let arc = self.flow_arc(parent, in_sink_tree);
            self.push(arc, amount);
            if self.arcs[arc as usize].residual == 0 {
                self.orphan_first(node);
            }
            node = self.arcs[parent as usize].head;
        }
    }

    fn orphan_first(&mut self, node: u32) {
        self.nodes[node as usize].parent = ORPHAN;
        self.orphans.push_front(node);
    }

    /// Finds the orphan a parent in its own tree, nearest to the terminal, or sets it free.
    fn adopt(&mut self, orphan: u32) {
        let in_sink_tree = self.nodes[orphan as usize].in_sink_tree;
        let mut best: Option<(u32, u32)> = None;
        for index in self.arcs_of(orphan) {
            let Arc { head, sister, .. } = self.arcs[index as usize];
            // Flow runs from the parent to the orphan in the source tree: look along the sister.
            if !self.flows(sister, in_sink_tree) || self.nodes[head as usize].in_sink_tree != in_sink_tree {
                continue;
            }
            if let Some(distance) = self.distance_to_terminal(head)
                && best.is_none_or(|(shortest, _)| distance < shortest)
            {
                best = Some((distance, index));
            }
        }
        if let Some((distance, index)) = best {
            let time = self.time;
            let state = &mut self.nodes[orphan as usize];
            (state.parent, state.stamp, state.distance) = (index, time, distance + 1);
            return;
        }
        for index in self.arcs_of(orphan) {
            let Arc { head, sister, .. } = self.arcs[index as usize];
            let Node { parent, in_sink_tree: other, .. } = self.nodes[head as usize];
            if parent == NONE || other != in_sink_tree {
                continue;
            }
            if self.flows(sister, in_sink_tree) {
                self.activate(head);
            }
            if parent < ORPHAN && self.arcs[parent as usize].head == orphan {
                self.nodes[head as usize].parent = ORPHAN;
                self.orphans.push_back(head);
            }
        }
        self.nodes[orphan as usize].parent = NONE;
    }

    /// Steps from `node` to its terminal, if the way there is whole; the way is marked, so that it is
    /// walked once per round.
    fn distance_to_terminal(&mut self, node: u32) -> Option<u32> {
        let mut at = node;
        let mut steps = 0;
        let base = loop {
            let Node { parent, stamp, distance, .. } = self.nodes[at as usize];
            if stamp == self.time && parent != ORPHAN && parent != NONE {
                break distance;
            }
            match parent {
                TERMINAL => {
                    let time = self.time;
                    let state = &mut self.nodes[at as usize];
                    (state.stamp, state.distance) = (time, 1);
                    break 1;
                }
                ORPHAN | NONE => return None,
                arc => {
                    at = self.arcs[arc as usize].head;
                    steps += 1;
                }
            }
        };
        let total = base + steps;
        let (mut at, mut distance) = (node, total);
        while self.nodes[at as usize].stamp != self.time {
            let state = &mut self.nodes[at as usize];
            (state.stamp, state.distance) = (self.time, distance);
            distance -= 1;
            at = self.arcs[state.parent as usize].head;
        }
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cost of a labelling, with the sum of `max(terminal, 0)` as its zero.
    fn cost(terminals: &[i32], edges: &[(u32, u32, i32)], source_side: &[bool]) -> i64 {
        let ends = terminals.iter().zip(source_side);
        let data: i64 = ends.map(|(&t, &s)| if s { i64::from((-t).max(0)) } else { i64::from(t.max(0)) }).sum();
        let cut = edges.iter().filter(|e| source_side[e.0 as usize] != source_side[e.1 as usize]);
        data + cut.map(|e| i64::from(e.2)).sum::<i64>()
    }

    #[test]
    fn the_cut_is_the_cheapest_of_all_labellings() {
        let mut state = 7_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 10) % below
        };
        for round in 0..300 {
            let count = 2 + random(9);
            let terminals: Vec<i32> = (0..count).map(|_| random(41) as i32 - 20).collect();
            let edges: Vec<(u32, u32, i32)> = (0..random(30))
                .map(|_| (random(count), random(count), random(15) as i32))
                .filter(|e| e.0 != e.1)
                .collect();
            let cut = Graph::new(&terminals, &edges).cut(|| Ok::<(), ()>(())).unwrap();
            let best = (0..1_u32 << count)
                .map(|bits| cost(&terminals, &edges, &(0..count).map(|i| bits >> i & 1 == 1).collect::<Vec<_>>()))
                .min();
            assert_eq!(Some(cost(&terminals, &edges, &cut)), best, "round {round}");
        }
    }

    #[test]
    fn the_check_stops_a_large_cut() {
        let terminals: Vec<i32> = (0..40_000).map(|i| if i % 3 == 0 { 5 } else { -4 }).collect();
        let edges: Vec<(u32, u32, i32)> = (0..39_999).map(|i| (i, i + 1, 3)).collect();
        let result = Graph::new(&terminals, &edges).cut(|| Err("stop"));
        assert_eq!(result, Err("stop"));
    }
}
