package share

// This file tells what documents of anybody give in the words of a share, and what words stand for.

import "slices"

// WordsOf gives the words of access of which every action is allowed, on objects and on the bucket itself.
func WordsOf(onObjects, onBucket func(action string) bool) []Word {
	var words []Word
	for _, word := range Words() {
		given := true
		for _, action := range objectActions[word] {
			given = given && onObjects(action)
		}
		for _, action := range bucketActions[word] {
			given = given && onBucket(action)
		}
		if given {
			words = append(words, word)
		}
	}
	return words
}

// PatternsMeet tells that some text is matched by both patterns, in which * stands for any text and ? for one character.
func PatternsMeet(a, b string) bool { return meetsPattern(a, b) }

// PatternCovers tells that everything that inner matches is matched by outer.
func PatternCovers(outer, inner string) bool { return coversPattern(outer, inner) }

// ObjectActions are the actions on objects that the word stands for.
func (w Word) ObjectActions() []string { return slices.Clone(objectActions[w]) }

// BucketActions are the actions on the bucket itself that the word stands for; each has the condition key s3:prefix.
func (w Word) BucketActions() []string { return slices.Clone(bucketActions[w]) }
