//! SVG drawings come in crisp; what would be missing from one, and what asks for too much, is an error.

use std::fmt::Write as _;

use image::ImageFormat;
use orfeas::image::Picture;
use orfeas::image::intake::{IntakeError, Limits, decode, note_on_size};
use orfeas::progress::Monitor;
use orfeas::request::IntakeParams;

use super::{drawing, encoded, palette_png};

const DISC: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 20'>\
    <circle cx='10' cy='10' r='8' fill='#c02040'/></svg>";

fn take_in(bytes: &[u8]) -> Result<Picture, IntakeError> {
    take_in_at(bytes, 200)
}

fn take_in_at(bytes: &[u8], working_size_px: u32) -> Result<Picture, IntakeError> {
    let params = IntakeParams { working_size_px, sharpness: 1.0 };
    decode(bytes, &params, &Limits::default(), &Monitor::silent())
}

fn error(bytes: &[u8]) -> IntakeError {
    match take_in(bytes) {
        Ok(picture) => panic!("it came in with {:?} pixels", picture.pixels.dimensions()),
        Err(error) => error,
    }
}

fn svg(content: &str) -> Vec<u8> {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
         width='20' height='20'>{content}</svg>"
    )
    .into_bytes()
}

/// The bytes as a data URL in an image element.
fn embedded(bytes: &[u8]) -> String {
    let data = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02x}").unwrap();
        text
    });
    format!("<image width='20' height='20' xlink:href='data:image/png,{data}'/>")
}

#[test]
fn a_drawing_fills_the_working_size_and_needs_no_cutting_out() {
    let picture = take_in(DISC.as_bytes()).unwrap();
    assert_eq!(picture.pixels.dimensions(), (200, 100));
    assert!(picture.has_alpha);
    assert_eq!(picture.pixels.get_pixel(50, 50).0, [0xc0, 0x20, 0x40, 255]);
    assert_eq!(picture.pixels.get_pixel(150, 50)[3], 0);
    let area: f64 = picture.pixels.pixels().map(|p| f64::from(p[3]) / 255.0).sum();
    let wanted = std::f64::consts::PI * 40.0 * 40.0;
    assert!((area / wanted - 1.0).abs() < 2e-3, "{area} for {wanted}");

    let thin = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9000 1'><rect width='9000' height='1'/></svg>";
    assert_eq!(take_in(thin.as_bytes()).unwrap().pixels.dimensions(), (200, 1));
}

#[test]
fn a_drawing_is_told_by_its_first_element() {
    let wanted = take_in(DISC.as_bytes()).unwrap();
    let with = |start: &str| format!("{start}{DISC}").into_bytes();
    for start in [
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n",
        "<?xml version='1.0'?><!-- made by <hand>, not a <html> page -->\n",
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>",
        "<!DOCTYPE svg [ <!ENTITY ns 'http://www.w3.org/2000/svg'> <!ENTITY more 'x'> ]>",
        &format!("<!--{}-->", "a long licence ".repeat(2000)),
    ] {
        assert!(take_in(&with(start)).unwrap() == wanted, "{}", &start[..start.len().min(90)]);
    }
    let prefixed = DISC.replace("<svg xmlns", "<s:svg xmlns:s").replace("<c", "<s:c").replace("</svg", "</s:svg");
    assert!(take_in(prefixed.as_bytes()).unwrap() == wanted);
    let page = format!("<!DOCTYPE html><html><body>{DISC}</body></html>");
    assert!(error(page.as_bytes()).to_string().contains("a web page"));
    let elsewhere = error(b"<?xml version='1.0'?><note><svg/></note>").to_string();
    assert!(elsewhere.contains("text"), "{elsewhere}");
}

#[test]
fn what_would_be_missing_is_an_error() {
    let text = error(&svg("<rect width='9' height='9'/><text><tspan>Anna</tspan></text>"));
    assert!(matches!(text, IntakeError::Text), "{text}");
    take_in(&svg("<title>Anna</title><rect width='9' height='9'/><text> </text>")).unwrap();
    // Programs for diagrams write their text as a part of a web page.
    let page = |content: &str| {
        format!(
            "<foreignObject width='9' height='9'><p xmlns='http://www.w3.org/1999/xhtml'>{content}</p></foreignObject>"
        )
    };
    let rect = "<rect width='9' height='9'/>";
    for content in [page("Anna"), page("<b>Anna</b>"), format!("<switch>{}</switch>", page("Anna"))] {
        let text = error(&svg(&format!("{rect}{content}")));
        assert!(matches!(text, IntakeError::Text), "{content}: {text}");
    }
    take_in(&svg(&format!("{rect}{}", page(" <!-- Anna --> ")))).unwrap();
    // What stands beside it in a switch is drawn in its place.
    let picture = take_in(&svg(&format!("<switch>{}{rect}</switch>", page("Anna")))).unwrap();
    assert_eq!(picture.pixels.get_pixel(20, 20)[3], 255);
    for link in ["photo.png", "/etc/passwd", "file:///etc/passwd", "https://example.org/a.png", "../a.svg#b"] {
        for element in ["image width='9' height='9'", "use"] {
            let error = error(&svg(&format!("<{element} xlink:href='{link}'/>")));
            assert!(matches!(&error, IntakeError::Linked(found) if found == link), "{error}");
        }
    }
}

#[test]
fn nothing_that_shows_is_left_out_in_silence() {
    let rect = "<rect width='9' height='9'/>";
    let page = |content: &str| format!("{rect}<foreignObject width='9' height='9'>{content}</foreignObject>");
    let flow = "<flowRoot><flowRegion><rect width='9' height='9'/></flowRegion><flowPara>Anna</flowPara></flowRoot>";
    let text = error(&svg(flow));
    assert!(matches!(text, IntakeError::Text), "{text}");
    for (content, word) in [
        (page("<div style='background:red'/>"), "web page"),
        (page("<img src='data:image/png,'/>"), "web page"),
        ("<circle r='9' fill='var(--c, red)'/>".to_owned(), "variables"),
        ("<circle r='9' style='fill:var(--c, red)'/>".to_owned(), "variables"),
        ("<style>:root{--c:red} circle{fill:var(--c)}</style><circle r='9'/>".to_owned(), "variables"),
        (format!("{rect}<image width='9' height='9' href='data:image/png;base64,!!!!'/>"), "broken"),
        (format!("{rect}<image width='9' height='9' href='data:image/png'/>"), "broken"),
    ] {
        let error = error(&svg(&content)).to_string();
        assert!(error.contains(word), "{content}: {error}");
    }
    let photo = encoded(&drawing(20, 20), ImageFormat::Png);
    let halved = error(&svg(&embedded(&photo[..photo.len() / 2])));
    assert!(matches!(halved, IntakeError::Damaged { format: "PNG", .. }), "{halved}");
}

#[test]
fn files_that_a_style_names_are_missed() {
    let disc = "<circle r='9' class='a'/>";
    for content in [
        "<circle r='9' fill='url(a.svg#b)'/>".to_owned(),
        "<circle r='9' mask=\"url('a.svg#b')\"/>".to_owned(),
        "<circle r='9' style='stroke:red; fill:url( a.svg#b )'/>".to_owned(),
        format!("<style>.a {{ fill: url(a.svg#b) }}</style>{disc}"),
        format!("<style>@import url('a.svg#b'); .a {{ fill: red }}</style>{disc}"),
        format!("<defs><style>@import \"a.svg#b\";</style></defs>{disc}"),
    ] {
        let error = error(&svg(&content));
        assert!(matches!(&error, IntakeError::Linked(link) if link == "a.svg#b"), "{content}: {error}");
    }
    let instructed = format!("<?xml-stylesheet type='text/css' href='a.css'?>{DISC}");
    let linked = error(instructed.as_bytes());
    assert!(matches!(&linked, IntakeError::Linked(link) if link == "a.css"), "{linked}");

    for harmless in [
        "<style>/* var( @import 'a.css'; url(a.svg) */ .a { fill: red }</style>",
        "<style>@font-face { font-family: A; src: url(a.woff) } @import url(https://fonts.example.org/css?a);</style>",
        "<linearGradient id='g'><stop/></linearGradient><style>.a { fill: url(#g) }</style>",
    ] {
        take_in(&svg(&format!("{harmless}{disc}"))).unwrap_or_else(|e| panic!("{harmless}: {e}"));
    }
}

#[test]
fn what_is_not_drawn_may_be_anything() {
    let rect = "<rect width='9' height='9'/>";
    let text = "<text id='t'>Anna</text>";
    for hidden in [
        format!("<g display='none'>{text}</g>"),
        format!("<g style='fill:red; display: none'><g>{text}</g></g>"),
        format!("<defs>{text}</defs>"),
        format!("<symbol>{text}</symbol>"),
        "<style>@namespace url(http://www.w3.org/2000/svg);</style>".to_owned(),
        "<defs><image width='9' height='9' href='a.png'/></defs>".to_owned(),
    ] {
        let picture = take_in(&svg(&format!("{rect}{hidden}"))).unwrap_or_else(|e| panic!("{hidden}: {e}"));
        assert_eq!(picture.pixels.get_pixel(20, 20)[3], 255);
    }
    for shown in [
        format!("<defs>{text}</defs><use href='#t'/>"),
        format!("<defs>{text}</defs><use href=' #t'/>"),
        format!("<g display='none'>{text}</g><use xlink:href='#t'/>"),
        format!("<mask id='m'>{text}</mask><rect width='5' height='5' mask='url(#m)'/>"),
        format!("<pattern id='p'>{text}</pattern><style>rect {{ fill: url(#p) }}</style>"),
        format!("<g display='inline' style='display:block'>{text}</g>"),
    ] {
        let error = error(&svg(&format!("{rect}{shown}")));
        assert!(matches!(error, IntakeError::Text), "{shown}: {error}");
    }
}

#[test]
fn a_drawing_is_read_in_the_encodings_that_drawings_have() {
    let with = |encoding: &str, title: &str| {
        let svg = DISC.replace("<circle", &format!("<title>{title}</title><circle"));
        format!("<?xml version='1.0' encoding='{encoding}'?>{svg}")
    };
    let wanted = take_in(DISC.as_bytes()).unwrap();
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = format!("\u{feff}{}", with("UTF-16", "Zoë 猫"));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        assert!(take_in(&bytes).unwrap() == wanted);
        assert!(take_in(&bytes[..bytes.len() / 2]).is_err());
    }
    let bytes = |text: String| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    assert!(take_in(&bytes(with("ISO-8859-1", "Zoë"))).unwrap() == wanted);
    let cyrillic = error(&bytes(with("KOI8-R", "Zoë"))).to_string();
    assert!(cyrillic.contains("another encoding than UTF-8"), "{cyrillic}");
    let undeclared = error(&bytes(DISC.replace("<circle", "<title>Zoë</title><circle"))).to_string();
    assert!(undeclared.contains("not text in UTF-8"), "{undeclared}");
}

#[test]
fn thickening_by_a_little_is_drawn() {
    let filter = "<filter id='f'><feMorphology operator='dilate' radius='1'/></filter>";
    let picture = take_in(&svg(&format!("{filter}<circle cx='10' cy='10' r='5' filter='url(#f)'/>"))).unwrap();
    // A unit is 10 pixels: thickened, the circle ends 60 pixels from the middle.
    let alpha = |x| picture.pixels.get_pixel(x, 100)[3];
    assert_eq!((alpha(100), alpha(155), alpha(165)), (255, 255, 0));
}

/// A drop shadow as Inkscape makes it, of a disc at (8, 8), down to the right.
fn shadowed(area: &str) -> String {
    format!(
        "<filter id='f' style='color-interpolation-filters:sRGB' {area}>\
         <feFlood result='flood' flood-opacity='0.5' flood-color='rgb(0,0,0)'/>\
         <feGaussianBlur in='SourceGraphic' result='blur' stdDeviation='1'/>\
         <feOffset in='blur' result='offset' dx='3' dy='3'/>\
         <feComposite in='flood' in2='offset' operator='in' result='comp1'/>\
         <feComposite in='SourceGraphic' in2='comp1' operator='over' result='comp2'/></filter>\
         <circle cx='8' cy='8' r='4' fill='red' filter='url(#f)'/>"
    )
}

#[test]
fn shadows_are_drawn_however_large_their_region() {
    let far = "filterUnits='userSpaceOnUse' x='-40' y='-40' width='100' height='100'";
    for (area, side_px) in [("x='-0.2' y='-0.2' width='1.4' height='1.4'", 500), (far, 100)] {
        let picture = take_in_at(&svg(&shadowed(area)), side_px).unwrap();
        assert_eq!(picture.pixels.dimensions(), (side_px, side_px));
        let at = |units: u32| picture.pixels.get_pixel(units * side_px / 20, units * side_px / 20).0;
        assert_eq!(at(8), [255, 0, 0, 255]);
        let [.., shadow] = at(13);
        assert!((60..=140).contains(&shadow), "{shadow}");
        assert_eq!(at(19)[3], 0);
    }
}

#[test]
fn a_drawing_whose_filter_would_take_too_long_is_drawn_coarser() {
    // At 400 pixels each of them would look at 160 by 160 around it.
    let area = "filterUnits='userSpaceOnUse' x='0' y='0' width='20' height='20'";
    let filter = format!("<filter id='f' {area}><feMorphology operator='dilate' radius='4'/></filter>");
    let picture = take_in(&svg(&format!("{filter}<circle cx='10' cy='10' r='3' filter='url(#f)'/>"))).unwrap();
    assert_eq!(picture.pixels.dimensions(), (200, 200));
    let alpha = |x| picture.pixels.get_pixel(x, 100)[3];
    assert_eq!((alpha(100), alpha(165), alpha(175)), (255, 255, 0));
}

#[test]
fn only_drawings_that_came_out_smaller_than_asked_for_are_told() {
    let params = IntakeParams { working_size_px: 200, sharpness: 1.0 };
    let note = |bytes: &[u8], size_px: [u32; 2]| note_on_size(bytes, size_px, &params);
    let told = note(DISC.as_bytes(), [100, 50]).unwrap();
    assert!(told.contains("at 200 px") && told.contains("at 100 px"), "{told}");
    assert_eq!(note(DISC.as_bytes(), [200, 100]), None);
    let photo = encoded(&drawing(100, 50), ImageFormat::Png);
    assert_eq!(note(&photo, [100, 50]), None, "pixels are never enlarged");
}

#[test]
fn filters_that_take_too_much_are_refused() {
    let filter =
        |content: String| format!("<filter id='f'>{content}</filter><rect width='20' height='20' filter='url(#f)'/>");
    for (name, content) in [
        ("floods", "<feFlood/>".repeat(400)),
        ("blurs", "<feGaussianBlur stdDeviation='1'/>".repeat(200)),
        ("noise", "<feTurbulence baseFrequency='0.1' numOctaves='10'/>".repeat(100)),
        ("lights", "<feDiffuseLighting><fePointLight x='1' y='1' z='1'/></feDiffuseLighting>".repeat(200)),
    ] {
        match take_in_at(&svg(&filter(content)), 2048) {
            Err(IntakeError::Unsupported { reason, .. }) => assert!(reason.contains("filter"), "{name}: {reason}"),
            other => panic!("{name}: {:?}", other.map(|picture| picture.pixels.dimensions())),
        }
    }
}

#[test]
fn markers_are_drawn_at_the_vertices() {
    let marker = "<marker id='m'><path d='M0 0h2v2h-2z' fill='blue'/></marker>";
    let line = "d='M2 10h8h8' stroke='red'";
    for bearer in [
        format!("<path {line} marker-mid='url(#m)'/>"),
        format!("<style>g > .a {{ marker-mid: url(#m) }}</style><g><path class='a' {line}/></g>"),
        // It is not put on its own outline.
        format!("<style>path {{ marker: url(#m) }}</style><path {line}/>"),
        // Nor is one that is put on another endless.
        format!(
            "<style>path {{ marker-start: url(#n); marker-mid: url(#m) }}</style><path {line}/>{}",
            marker.replace("'m'", "'n'")
        ),
    ] {
        let picture = take_in(&svg(&format!("{marker}{bearer}"))).unwrap_or_else(|e| panic!("{bearer}: {e}"));
        assert_eq!(picture.pixels.get_pixel(115, 115)[3], 255, "{bearer}");
    }
}

#[test]
fn markers_count_as_often_as_they_are_drawn() {
    let marker = format!("<marker id='m'>{}</marker>", "<rect width='1' height='1'/>".repeat(1000));
    let line = format!("<path class='l' d='M0 0{}'/>", "L9 9L1 8".repeat(3000));
    let nested = |level: u32| {
        let bear = if level == 0 { String::new() } else { format!("marker-mid='url(#n{})'", level - 1) };
        format!("<marker id='n{level}'><path {bear} d='M0 0{}'/></marker>", "h1".repeat(50))
    };
    for (name, content) in [
        ("its own", line.replace("<path", "<path marker-mid='url(#m)'")),
        ("of a group", format!("<g style='marker: url(#m)'>{line}</g>")),
        ("of a sheet", format!("<style>g .l {{ marker-mid: url(#m) }}</style><g>{line}</g>")),
        ("of any", format!("<style>[class] {{ marker-mid: url(#m) }}</style>{line}")),
        ("of a copy", format!("<defs><g id='p'>{line}</g></defs><use href='#p' marker-mid='url(#m)'/>")),
        (
            "a mask",
            format!(
                "<g marker-mid='url(#m)'><mask id='k'>{line}</mask></g><rect width='9' height='9' mask='url(#k)'/>"
            ),
        ),
        ("twice", format!("{line}<marker id='m'/>").replace("<path", "<path marker-mid='url(#m)'")),
        ("nested", (0..5).map(nested).collect::<String>() + "<path marker-mid='url(#n4)' d='M0 0h1h1'/>"),
    ] {
        let error = error(&svg(&format!("{marker}{content}"))).to_string();
        assert!(error.contains("a million elements"), "{name}: {error}");
    }
}

#[test]
fn what_reaches_far_beyond_the_frame_is_not_called_damaged() {
    for content in [
        "<rect x='-1e30' y='-1e30' width='2e30' height='2e30' fill='blue'/>",
        "<line x1='-1e30' y1='9' x2='1e30' y2='9' stroke='red' stroke-width='9'/>",
        "<ellipse rx='1e10' ry='4'/>",
        "<path d='M-1e9 -1e9L1e9 1e9L1e9 -1e9Z'/>",
        // So large that the curves it is made of would fill the memory.
        "<path d='M0 0A1e44 1e44 0 1 0 1e37 1'/>",
        "<clipPath id='c'><path d='M-1e9 -1e9L1e9 1e9L1e9 -1e9Z'/></clipPath><circle r='9' clip-path='url(#c)'/>",
    ] {
        let error = error(&svg(&format!("<circle cx='10' cy='10' r='5'/>{content}")));
        let is_right = matches!(&error, IntakeError::Unsupported { reason, .. } if reason.contains("too far"));
        assert!(is_right, "{content}: {error}");
    }
    // What is not drawn may be anywhere, and a large ground is drawn.
    let harmless = "<rect width='1e30' height='1e30' fill='none'/><rect x='-1e5' y='-1e5' width='2e5' height='2e5'/>";
    let picture = take_in(&svg(harmless)).unwrap();
    assert!(picture.pixels.pixels().all(|p| p[3] == 255));
}

#[test]
fn pictures_within_a_drawing_are_drawn_and_checked() {
    let photo = encoded(&drawing(20, 20), ImageFormat::Png);
    let picture = take_in(&svg(&embedded(&photo))).unwrap();
    let middle = picture.pixels.get_pixel(100, 100);
    assert!(middle[3] == 255 && middle[0].abs_diff(127) < 12 && middle[1].abs_diff(127) < 12, "{middle:?}");

    let huge = error(&svg(&embedded(&palette_png(65535, 65535))));
    assert!(matches!(huge, IntakeError::Size { width: 65535, .. }), "{huge}");
    for (content, word) in [
        (DISC.as_bytes(), "SVG within SVG"),
        (b"nothing".as_slice(), "not a picture"),
        (&encoded(&drawing(4, 4), ImageFormat::Bmp), "BMP"),
    ] {
        let error = error(&svg(&embedded(content))).to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_drawing_that_asks_for_too_much_is_refused() {
    let mut uses = "<g id='g0'><path d='M0 0h1v1z'/></g>".to_owned();
    for level in 1..40 {
        let refer = format!("<use xlink:href='#g{}'/>", level - 1).repeat(4);
        write!(uses, "<g id='g{level}'>{refer}</g>").unwrap();
    }
    let mut masks = "<mask id='m0'><path d='M0 0h1v1z'/></mask>".to_owned();
    for level in 1..40 {
        let inner = format!("<rect width='9' height='9' style='mask:url(#m{})'/>", level - 1).repeat(4);
        write!(masks, "<mask id='m{level}'>{inner}</mask>").unwrap();
    }
    masks += "<rect width='9' height='9' mask='url(#m39)'/>";
    let deep = "<g>".repeat(100_000) + &"</g>".repeat(100_000);
    let mut chain = "<g id='c0'/>".to_owned();
    for level in 1..2000 {
        write!(chain, "<g id='c{level}'><use href='#c{}'/></g>", level - 1).unwrap();
    }
    let filter =
        |content: &str| format!("<filter id='f'>{content}</filter><rect width='9' height='9' filter='url(#f)'/>");
    for (name, content) in [
        ("uses", uses),
        ("masks", masks),
        ("deep", deep),
        ("chain", chain),
        ("thickening", filter("<feMorphology radius='1e9'/>")),
        ("noise", filter("<feTurbulence baseFrequency='1' numOctaves='1000000000'/>")),
        ("kernel", filter("<feConvolveMatrix order='3 900' kernelMatrix='1'/>")),
    ] {
        let error = error(&svg(&content));
        assert!(matches!(error, IntakeError::Unsupported { .. }), "{name}: {error}");
    }
    let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
         <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>\
         <svg xmlns='http://www.w3.org/2000/svg'><title>&d;&d;&d;&d;</title></svg>";
    assert!(matches!(error(laughs.as_bytes()), IntakeError::Damaged { .. }));
}

#[test]
fn a_drawing_of_strange_sizes_does_no_harm() {
    let filled = |pattern: &str| {
        let size = format!("patternUnits='userSpaceOnUse' width='{pattern}' height='{pattern}'");
        format!("<pattern id='p' {size}><path d='M0 0h1v1z'/></pattern><rect width='20' height='20' fill='url(#p)'/>")
    };
    let filtered = |area: &str, filter: &str| {
        format!("<filter id='f' {area}>{filter}</filter><rect width='20' height='20' filter='url(#f)'/>")
    };
    assert!(matches!(error(&svg(&filled("2e4"))), IntakeError::Unsupported { .. }));
    for content in [
        "<g id='a'><use xlink:href='#a'/></g>",
        &filled("1e-7"),
        &filled("30"),
        &filtered("x='-1e6' y='-1e6' width='1e7' height='1e7'", "<feGaussianBlur stdDeviation='1e6'/>"),
        &filtered("", "<feDropShadow stdDeviation='1e9' dx='1e9'/>"),
        "<path d='M0 0L1e30 1e30L-1e30 5z' stroke='red' stroke-width='1e20' stroke-dasharray='1e-9'/>",
        "<path d='M0 0L20 20' stroke-linejoin='round' stroke-linecap='round' stroke='red' stroke-width='1e9'/>",
        "<circle r='1e30' stroke='red' stroke-width='1e-30'/>",
    ] {
        match take_in(&svg(content)) {
            Ok(picture) => assert_eq!(picture.pixels.dimensions(), (200, 200), "{content}"),
            Err(error) => assert!(matches!(error, IntakeError::Unsupported { .. }), "{content}: {error}"),
        }
    }
}

#[test]
fn a_cut_off_drawing_is_an_error_and_a_damaged_one_never_a_panic() {
    for length in 0..DISC.len() {
        let error = error(&DISC.as_bytes()[..length]).to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    for at in 0..DISC.len() {
        for flip in [0x01, 0x10, 0x80] {
            let mut bytes = DISC.as_bytes().to_vec();
            bytes[at] ^= flip;
            if let Ok(picture) = take_in(&bytes) {
                assert!(picture.pixels.width() <= 200 && picture.pixels.height() <= 200);
            }
        }
    }
    let no_size = error(b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='-3'/>");
    assert!(matches!(no_size, IntakeError::Damaged { format: "SVG", .. }), "{no_size}");
}
