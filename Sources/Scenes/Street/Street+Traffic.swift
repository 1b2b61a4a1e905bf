import Tensors

extension Street {
  /// Vehicles on the lanes. Those ahead of the camera's car stay ahead of it, and those behind stay
  /// behind.
  mutating func addTraffic() {
    for number in 0..<lanes {
      let l = (Float(number) + 0.5 - Float(lanes) / 2) * lane
      let isComing = l < 0
      let isOwn = abs(l - ownLane) < 0.1
      var s = extent.lowerBound + random.float(0...20)
      while s < min(end, extent.upperBound) - 8 {
        let spacing = random.float(style.trafficSpacing)
        let pace = speed * random.float(0.7...1.3)
        var place = s
        if isOwn {
          // The lane is free around the camera; how far ahead the next one is varies.
          if s > -11, s < 12 {
            s = 12 + random.float(0...1.5 * spacing)
            continue
          }
          place += (s > 0 ? max(pace, speed) : min(pace, speed)) * time
        } else {
          place += (isComing ? -pace : pace) * time
        }
        let isNear = s > -8 && s < 18
        vehicle(place, l + random.float(-0.3...0.3), isComing: isComing, isNear: isNear)
        s += spacing
      }
    }
    if hasTram {
      let s = random.float(25...75)
      mesh.train(at(s - speed * time, -lane / 2), random: &random)
    }
    for s in places(style.riders) {
      let isComing = random.chance(0.5)
      let l = isComing ? -Float(lanes) * lane / 2 + 0.7 : Float(lanes) * lane / 2 - 0.7
      ride(s + (isComing ? -4 : 4) * time, l, isComing: isComing)
    }
  }

  /// Large vehicles keep some distance: one next to the camera would fill the picture.
  private mutating func vehicle(_ s: Float, _ l: Float, isComing: Bool, isNear: Bool) {
    let place = at(s, l).moved(.zero, turned: isComing ? .pi : 0)
    let kind = isNear ? 1 : random.float(0...1)
    if kind < style.truck {
      mesh.truck(place, random: &random)
    } else if kind < style.truck + style.bus {
      mesh.bus(place, random: &random)
    } else {
      mesh.car(place, random: &random)
    }
  }

  private mutating func ride(_ s: Float, _ l: Float, isComing: Bool) {
    // A separate source: leaving out this rider must not change later random draws.
    var own = RandomSource(seed: random.next())
    let place = at(s, l).moved(.zero, turned: isComing ? .pi : 0)
    // Nobody rides where the camera is, or so close ahead that the rider fills the picture.
    let ahead = s - speed * time
    if ahead > -4, ahead < 8, l > 0 { return }
    if style.motorcycles > 0, own.chance(0.25) {
      mesh.motorcycle(place, random: &own)
    } else {
      mesh.bicycle(place, random: &own)
    }
    mesh.rider(place, label: style.hasRiders ? .rider : .person, random: &own)
  }

  /// People on the sidewalks, alone or in groups, and some that cross the road.
  mutating func addPeople() {
    for side: Float in [-1, 1] {
      for s in places(style.pedestrians / 4) {
        let isAway = random.chance(0.5)
        let heading: Float = isAway ? 0 : .pi
        let pace: Float = random.chance(0.2) ? 0 : (isAway ? 1.3 : -1.3)
        let l = kerb(side) + side * random.float(0.5...max(0.7, sidewalk - 0.4))
        for i in 0..<(random.chance(0.4) ? random.below(3) + 2 : 1) {
          let offset = Vector(random.float(-0.5...0.5), 0, Float(i) * random.float(0.5...0.9))
          mesh.pedestrian(
            at(s + pace * time, l, Self.step).moved(offset)
              .moved(.zero, turned: heading + random.float(-0.5...0.5)), random: &random)
        }
      }
    }
    for s in places(style.crossingPedestrians) where s > 6 || s < -6 {
      let l = random.float(kerbLeft...kerbRight)
      let isLeftwards = random.chance(0.5)
      mesh.pedestrian(
        at(s, l + (isLeftwards ? -1.2 : 1.2) * time)
          .moved(.zero, turned: isLeftwards ? -.pi / 2 : .pi / 2), random: &random)
    }
  }
}
