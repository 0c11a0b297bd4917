package policy

// This file matches the wildcards of policies: * stands for any text, the empty one too, ? for one character.

import "unicode/utf8"

// Pattern is text in which some characters are wildcards. The zero Pattern matches the empty text.
type Pattern struct{ pieces []rune }

const (
	anyText rune = -1
	anyRune rune = -2
	// Bytes that are no UTF-8 are told apart from one another, and from every character, below this number.
	badByte rune = -1000
)

// MatchPattern tells whether the whole text matches the pattern. Case counts.
func MatchPattern(pattern, text string) bool { return Wildcards(pattern).Match(text) }

// Wildcards reads * and ? as wildcards.
func Wildcards(text string) Pattern {
	pieces := runes(text)
	for i, piece := range pieces {
		switch piece {
		case '*':
			pieces[i] = anyText
		case '?':
			pieces[i] = anyRune
		}
	}
	return Pattern{pieces}
}

// Literal is the pattern that matches this text only, as ${*} does for a star.
func Literal(text string) Pattern { return Pattern{runes(text)} }

// Then matches p followed by q.
func (p Pattern) Then(q Pattern) Pattern {
	pieces := make([]rune, 0, len(p.pieces)+len(q.pieces))
	return Pattern{append(append(pieces, p.pieces...), q.pieces...)}
}

// Match tells whether the whole text matches.
func (p Pattern) Match(text string) bool {
	characters := runes(text)
	at, here := 0, 0     // next piece, next character
	star, retry := -1, 0 // the last star, and the first character not yet given to it
	for here < len(characters) {
		switch {
		case at < len(p.pieces) && p.pieces[at] == anyText:
			star, retry = at, here
			at++
		case at < len(p.pieces) && (p.pieces[at] == anyRune || p.pieces[at] == characters[here]):
			at++
			here++
		case star >= 0:
			retry++
			at, here = star+1, retry
		default:
			return false
		}
	}
	for at < len(p.pieces) && p.pieces[at] == anyText {
		at++
	}
	return at == len(p.pieces)
}

func runes(text string) []rune {
	characters := make([]rune, 0, len(text))
	for i := 0; i < len(text); {
		character, size := utf8.DecodeRuneInString(text[i:])
		if character == utf8.RuneError && size == 1 {
			character = badByte - rune(text[i])
		}
		characters = append(characters, character)
		i += size
	}
	return characters
}
