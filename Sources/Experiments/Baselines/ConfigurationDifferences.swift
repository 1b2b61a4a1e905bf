import Files
import Foundation

extension RunConfiguration {
  /// The fields in which two configurations differ, such as `training.iterations 300, not 400`,
  /// with this configuration's value first. Loss and seed are ignored.
  package func differences(from other: RunConfiguration) -> [String] {
    var (a, b) = (self, other)
    (a.loss, a.seed, b.loss, b.seed) = ("", 0, "", 0)
    (a.torch, b.torch) = (nil, nil)
    let (mine, theirs) = (a.fields, b.fields)
    return Set(mine.keys).union(theirs.keys).sorted().compactMap { key in
      let (x, y) = (mine[key] ?? "none", theirs[key] ?? "none")
      return x == y ? nil : "\(key) \(x), not \(y)"
    }
  }

  /// All fields by key path.
  private var fields: [String: String] {
    guard let data = try? CanonicalJSON.encode(self),
      let object = try? JSONSerialization.jsonObject(with: data)
    else { return [:] }
    var fields: [String: String] = [:]
    func add(_ value: Any, _ path: String) {
      if let members = value as? [String: Any] {
        for (key, member) in members { add(member, path.isEmpty ? key : "\(path).\(key)") }
      } else if let elements = value as? [Any] {
        for (index, element) in elements.enumerated() { add(element, "\(path)[\(index)]") }
      } else {
        fields[path] = "\(value)"
      }
    }
    add(object, "")
    return fields
  }
}
