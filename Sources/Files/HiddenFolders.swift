import Foundation

/// A message for what is passed on, such as a report: without the folders of the machine, which name
/// its users. Paths below the current folder become relative to it, as they were most likely given;
/// of others, the last two parts stay: `/home/ann/data/train/0.png` becomes `.../train/0.png`.
package func withoutFolders(
  _ message: String, current: String = FileManager.default.currentDirectoryPath,
  home: String = NSHomeDirectory()
) -> String {
  var text = message.replacing("file:///", with: "/")
  if current.count > 1 { text = text.replacing(current + "/", with: "") }
  if home.count > 1 { text = text.replacing(home + "/", with: "~/") }
  // The path that a message begins with may have spaces.
  if text.hasPrefix("/"), let end = text.range(of: ": ")?.lowerBound {
    text = lastParts(text[..<end]) + text[end...]
  }
  return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
    guard let start = pathStart(word) else { return String(word) }
    return word[..<start] + lastParts(word[start...])
  }.joined(separator: " ")
}

/// Where an absolute path begins in a word, such as after a quote or an equals sign.
private func pathStart(_ word: Substring) -> Substring.Index? {
  var before: Character?
  for index in word.indices {
    // After a colon, two slashes belong to an address.
    let isAddress = before == ":" && word[index...].hasPrefix("//")
    let isStart = before.map { !$0.isLetter && !$0.isNumber && !"./~_-".contains($0) } ?? true
    if word[index] == "/", isStart, !isAddress { return index }
    before = word[index]
  }
  return nil
}

private func lastParts(_ path: Substring) -> String {
  let parts = path.split(separator: "/")
  if parts.isEmpty { return String(path) }
  // Of /home/ann, too, something is left out.
  return ".../" + parts.suffix(max(1, min(2, parts.count - 2))).joined(separator: "/")
}
