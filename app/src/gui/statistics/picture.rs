//! Charts as PNG: painted by egui into a context of its own, and its triangles filled here, without a graphics card.

use std::collections::HashMap;

use egui::epaint::{ImageData, Mesh, Primitive, Vertex};
use egui::{Color32, Context, RawInput, Rect, TextureId, TexturesDelta, ViewportId, pos2, vec2};
use image::ImageEncoder as _;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};

use super::chart::Chart;
use crate::gui::theme::Theme;
use crate::gui::{fonts, style};

/// Pixels of a point.
const SCALE: f32 = 2.0;
/// Space around a picture.
const MARGIN: f32 = 16.0;
/// Height of its title.
const TITLE: f32 = 48.0;

type Rgba = [f32; 4];

/// A chart under its title and its number, as the bytes of a PNG file.
pub fn png(chart: &Chart, theme: &Theme, title: &str, says: &str) -> Result<Vec<u8>, String> {
    let size = chart.size + vec2(MARGIN * 2.0, MARGIN * 2.0 + TITLE);
    let ctx = Context::default();
    style::apply(&ctx);
    let mut textures = HashMap::new();
    let mut shapes = Vec::new();
    // Fonts are there from the second pass on.
    for _ in 0..2 {
        let mut input =
            RawInput { screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)), ..RawInput::default() };
        input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(SCALE);
        let output = ctx.run_ui(input, |ui| {
            let painter = ui.ctx().layer_painter(egui::LayerId::background());
            let line = |y, text: &str, font, color| {
                painter.text(pos2(MARGIN, y), egui::Align2::LEFT_CENTER, text, font, color);
            };
            line(24.0, title, fonts::strong(), theme.strong);
            line(42.0, says, fonts::small(), theme.dim);
            chart.paint(&painter, theme, pos2(MARGIN, MARGIN + TITLE));
        });
        keep(&mut textures, output.textures_delta);
        shapes = output.shapes;
    }
    let [width, height] = [size.x, size.y].map(|points| (points * SCALE).round() as usize);
    let mut canvas = Canvas { width, height, pixels: vec![parts(theme.panel); width * height] };
    for part in ctx.tessellate(shapes, SCALE) {
        if let Primitive::Mesh(mesh) = part.primitive
            && let Some(texture) = textures.get(&mesh.texture_id)
        {
            canvas.mesh(&mesh, texture);
        }
    }
    let bytes: Vec<u8> = canvas
        .pixels
        .iter()
        .flat_map(|pixel| &pixel[..3])
        .map(|part| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
        .collect();
    let mut png = Vec::new();
    let (compression, filter) = (CompressionType::Fast, FilterType::Sub);
    PngEncoder::new_with_quality(&mut png, compression, filter)
        .write_image(&bytes, width as u32, height as u32, image::ExtendedColorType::Rgb8)
        .map_err(|error| error.to_string())?;
    Ok(png)
}

struct Texture {
    width: usize,
    pixels: Vec<Color32>,
}

fn keep(textures: &mut HashMap<TextureId, Texture>, mut delta: TexturesDelta) {
    for (id, changes) in delta.set.drain() {
        for change in changes {
            let ImageData::Color(image) = &change.image;
            let [width, height] = image.size;
            match (change.pos, textures.get_mut(&id)) {
                (Some([x, y]), Some(texture)) => {
                    for line in 0..height {
                        let to = (y + line) * texture.width + x;
                        let from = image.pixels.get(line * width..(line + 1) * width);
                        if let (Some(to), Some(from)) = (texture.pixels.get_mut(to..to + width), from) {
                            to.copy_from_slice(from);
                        }
                    }
                }
                _ => drop(textures.insert(id, Texture { width, pixels: image.pixels.clone() })),
            }
        }
    }
}

impl Texture {
    /// The texels around a place, by their shares.
    fn sample(&self, u: f32, v: f32) -> Rgba {
        let height = self.pixels.len() / self.width.max(1);
        let (x, y) = (u * self.width as f32 - 0.5, v * height as f32 - 0.5);
        let texel = |x: f32, y: f32| {
            let inside = |at: f32, len: usize| (at.max(0.0) as usize).min(len.saturating_sub(1));
            let place = inside(y, height) * self.width + inside(x, self.width);
            self.pixels.get(place).map_or([0.0; 4], |color| parts(*color))
        };
        let (left, top) = (x.floor(), y.floor());
        let near =
            [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(dx, dy)| texel(left + dx, top + dy));
        let (right, low) = (x - left, y - top);
        std::array::from_fn(|part| {
            let upper = near[0][part] * (1.0 - right) + near[1][part] * right;
            let lower = near[2][part] * (1.0 - right) + near[3][part] * right;
            upper * (1.0 - low) + lower * low
        })
    }
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Rgba>,
}

impl Canvas {
    fn mesh(&mut self, mesh: &Mesh, texture: &Texture) {
        for corners in mesh.indices.as_chunks::<3>().0 {
            let corners = corners.map(|index| mesh.vertices.get(index as usize));
            if let [Some(a), Some(b), Some(c)] = corners {
                self.triangle([a, b, c], texture);
            }
        }
    }

    fn triangle(&mut self, corners: [&Vertex; 3], texture: &Texture) {
        let at = corners.map(|corner| [corner.pos.x * SCALE, corner.pos.y * SCALE]);
        let area = cross(at[0], at[1], at[2]);
        if area == 0.0 {
            return;
        }
        // A pixel on an edge that two triangles share belongs to one of them.
        let owns = [(1, 2), (2, 0), (0, 1)].map(|(from, to): (usize, usize)| {
            let (x, y) = ((at[to][0] - at[from][0]) * area, (at[to][1] - at[from][1]) * area);
            y < 0.0 || (y == 0.0 && x > 0.0)
        });
        let ends = |axis: usize, len: usize| {
            let least = at.iter().map(|at| at[axis]).fold(f32::MAX, f32::min).floor().max(0.0) as usize;
            let most = at.iter().map(|at| at[axis]).fold(f32::MIN, f32::max).ceil().max(0.0) as usize;
            least..most.min(len)
        };
        let tints = corners.map(|corner| parts(corner.color));
        for y in ends(1, self.height) {
            for x in ends(0, self.width) {
                let pixel = [x as f32 + 0.5, y as f32 + 0.5];
                let share =
                    [(1, 2), (2, 0), (0, 1)].map(|(a, b): (usize, usize)| cross(at[a], at[b], pixel) / area);
                if share.iter().zip(owns).any(|(share, owns)| *share < 0.0 || (*share == 0.0 && !owns)) {
                    continue;
                }
                let mix = |of: [f32; 3]| of[0] * share[0] + of[1] * share[1] + of[2] * share[2];
                let [u, v] = [corners.map(|corner| corner.uv.x), corners.map(|corner| corner.uv.y)].map(mix);
                let texel = texture.sample(u, v);
                let alpha = mix(tints.map(|tint| tint[3])) * texel[3];
                let under = &mut self.pixels[y * self.width + x];
                for part in 0..4 {
                    under[part] =
                        mix(tints.map(|tint| tint[part])) * texel[part] + under[part] * (1.0 - alpha);
                }
            }
        }
    }
}

fn cross(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> f32 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

fn parts(color: Color32) -> Rgba {
    color.to_array().map(|part| f32::from(part) / 255.0)
}
