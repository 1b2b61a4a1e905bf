import Foundation
import Tensors

/// Changes a value somewhere in a JSON text, which stays one. A text of several lines is one for each.
struct JSONMutator: Mutator {
  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data {
    var lines = input.split(separator: 0x0a)
    guard (try? JSONSerialization.jsonObject(with: input)) == nil, lines.count > 1 else {
      return changed(input, other, &random)
    }
    let place = random.below(lines.count)
    switch random.below(6) {
    case 0: lines.remove(at: place)
    case 1: lines.insert(lines[random.below(lines.count)], at: place)
    default: lines[place] = changed(Data(lines[place]), other, &random)
    }
    return Data(lines.joined(separator: [0x0a])) + [0x0a]
  }

  private func changed(_ input: Data, _ other: Data, _ random: inout RandomSource) -> Data {
    guard let value = try? JSONSerialization.jsonObject(with: input, options: .fragmentsAllowed)
    else { return TextMutator().mutate(input, with: other, &random) }
    var places: [[Step]] = []
    collect(value, [], &places)
    let foreign = parts(value, random.element(of: places))
    let new = replaced(value, random.element(of: places)[...], foreign, &random)
    let options: JSONSerialization.WritingOptions = [
      .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed,
    ]
    guard JSONSerialization.isValidJSONObject([new]),
      let data = try? JSONSerialization.data(withJSONObject: new, options: options)
    else { return input }
    return data
  }

  private enum Step {
    case key(String)
    case index(Int)
  }

  /// The paths of all values, keys in an order that is the same each time.
  private func collect(_ value: Any, _ path: [Step], _ places: inout [[Step]]) {
    places.append(path)
    if let fields = value as? [String: Any] {
      for key in fields.keys.sorted() { collect(fields[key] ?? 0, path + [.key(key)], &places) }
    } else if let elements = value as? [Any] {
      // Of long lists the first tell as much as all.
      for (index, element) in elements.prefix(6).enumerated() {
        collect(element, path + [.index(index)], &places)
      }
    }
  }

  private func parts(_ value: Any, _ path: [Step]) -> Any {
    path.reduce(value) { value, step in
      switch step {
      case .key(let key): (value as? [String: Any])?[key] ?? 0
      case .index(let index): (value as? [Any])?[index] ?? 0
      }
    }
  }

  private func replaced(
    _ value: Any, _ path: ArraySlice<Step>, _ foreign: Any, _ random: inout RandomSource
  ) -> Any {
    switch path.first {
    case nil: return odd(value, foreign, &random)
    case .key(let key):
      guard var fields = value as? [String: Any] else { return value }
      if path.count == 1, random.below(5) == 0 {
        fields[key] = nil
      } else {
        fields[key] = replaced(fields[key] ?? 0, path.dropFirst(), foreign, &random)
      }
      return fields
    case .index(let index):
      guard var elements = value as? [Any], elements.indices.contains(index) else { return value }
      switch path.count == 1 ? random.below(6) : 5 {
      case 0: elements.remove(at: index)
      case 1: elements.insert(elements[index], at: index)
      default: elements[index] = replaced(elements[index], path.dropFirst(), foreign, &random)
      }
      return elements
    }
  }

  /// Another value of the same kind, or of any.
  private func odd(_ value: Any, _ foreign: Any, _ random: inout RandomSource) -> Any {
    if random.below(5) == 0 { return foreign }
    switch value {
    case is String where random.below(3) > 0: return random.element(of: Self.texts)
    case is NSNumber where random.below(4) > 0: return number(&random)
    case is [Any] where random.below(2) == 0:
      return random.element(of: [[], [foreign], Array(repeating: foreign, count: 300)])
    default:
      let any: [Any] = [NSNull(), true, [Any](), [String: Any](), "", -1, 0.5, "nan", "inf"]
      return random.element(of: any)
    }
  }

  private func number(_ random: inout RandomSource) -> Any {
    switch random.below(3) {
    case 0: random.element(of: [0.0, -0.0, 0.5, -1e-300, 1e300, 1e15, -1e9, 1.0000001])
    case 1: random.element(of: ["nan", "inf", "-inf"])
    default: random.element(of: MagicNumbers.integers)
    }
  }

  private static let texts = [
    "", "a", "nan", "inf", "ce", "recall", "torch:F(x=1)", "focal(gamma: 2)", "0.5 * ce + recall",
    "synthia",
    "cityscapes", "camvid", "own", "real", "rendered", "folders", "best", "last", "shuffled",
    "official",
    "train", "validation", "files", "a\nb", "../..", "\u{0}", "\u{1b}[2J", "\u{202e}abc",
    "a'b\"c`d$(e)",
    "<script>alert(1)</script>", "&amp;", "\\input{x}", "=1+1", "é", "e\u{301}", "👩‍👩‍👧", "%n%s", "|",
    String(repeating: "x", count: 5000), "deeplabv3plus", "resnet101",
  ]
}
