package policy

// This file tells how two patterns relate to one another.

// Covers tells that everything that inner matches is matched by p: a star of p takes any stretch of inner, ? takes
// anything but a star. What only both a star and a ? beside it can take is not always seen: "*?" covers "?*", and Covers
// says that it does not.
func (p Pattern) Covers(inner Pattern) bool {
	// reached[i] tells that the first i pieces of p cover what was walked of inner.
	reached := make([]bool, len(p.pieces)+1)
	reached[0] = true
	p.skipStars(reached)
	for _, in := range inner.pieces {
		next := make([]bool, len(p.pieces)+1)
		for i, out := range p.pieces {
			switch {
			case !reached[i]:
			case out == anyText:
				next[i] = true
			case in != anyText && (out == anyRune || out == in):
				next[i+1] = true
			}
		}
		p.skipStars(next)
		reached = next
	}
	return reached[len(p.pieces)]
}

// skipStars lets every star take nothing.
func (p Pattern) skipStars(reached []bool) {
	for i, piece := range p.pieces {
		if piece == anyText && reached[i] {
			reached[i+1] = true
		}
	}
}

// Meets tells that some text is matched by both patterns.
func (p Pattern) Meets(other Pattern) bool {
	m := crossing{a: p.pieces, b: other.pieces, reached: make([][]bool, len(p.pieces)+1)}
	for i := range m.reached {
		m.reached[i] = make([]bool, len(m.b)+1)
		for j := range m.reached[i] {
			m.reached[i][j] = i == 0 && j == 0 || m.byNothing(i, j) || m.byCharacter(i, j)
		}
	}
	return m.reached[len(m.a)][len(m.b)]
}

// crossing matches two patterns against one another: reached[i][j] tells that some text is matched by the first i pieces
// of a and the first j of b.
type crossing struct {
	a, b    []rune
	reached [][]bool
}

// byNothing tells that a star at the end of either takes nothing.
func (m crossing) byNothing(i, j int) bool {
	return i > 0 && m.a[i-1] == anyText && m.reached[i-1][j] || j > 0 && m.b[j-1] == anyText && m.reached[i][j-1]
}

// byCharacter tells that both take one more character; a star takes what the other pattern's piece takes.
func (m crossing) byCharacter(i, j int) bool {
	if i == 0 || j == 0 {
		return false
	}
	left, right := m.a[i-1], m.b[j-1]
	switch {
	case left == anyText:
		return m.reached[i][j-1]
	case right == anyText:
		return m.reached[i-1][j]
	}
	return m.reached[i-1][j-1] && (left == anyRune || right == anyRune || left == right)
}
