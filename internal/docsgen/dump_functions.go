package main

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// signature is a function as `terraform metadata functions -json` writes it.
type signature struct {
	Description string          `json:"description,omitempty"`
	Summary     string          `json:"summary,omitempty"`
	Deprecation string          `json:"deprecation_message,omitempty"`
	Return      json.RawMessage `json:"return_type"`
	Parameters  []parameter     `json:"parameters,omitempty"`
}

type parameter struct {
	Name        string          `json:"name,omitempty"`
	Description string          `json:"description,omitempty"`
	Nullable    bool            `json:"is_nullable,omitempty"`
	Type        json.RawMessage `json:"type"`
}

func writeFunctions(found map[string]*tfprotov6.Function) (map[string]signature, error) {
	written := map[string]signature{}
	for name, one := range found {
		var err error
		if written[name], err = writeFunction(one); err != nil {
			return nil, fmt.Errorf("writing function %s: %w", name, err)
		}
	}
	return written, nil
}

func writeFunction(found *tfprotov6.Function) (signature, error) {
	if found.Return == nil {
		return signature{}, fmt.Errorf("it returns nothing")
	}
	if found.VariadicParameter != nil {
		return signature{}, fmt.Errorf("it takes any number of arguments, which docsgen does not write")
	}
	written := signature{Description: found.Description, Summary: found.Summary, Deprecation: found.DeprecationMessage}
	var err error
	if written.Return, err = json.Marshal(found.Return.Type); err != nil {
		return signature{}, fmt.Errorf("writing what it returns: %w", err)
	}
	for _, one := range found.Parameters {
		kind, err := json.Marshal(one.Type)
		if err != nil {
			return signature{}, fmt.Errorf("writing parameter %s: %w", one.Name, err)
		}
		written.Parameters = append(written.Parameters, parameter{
			Name: one.Name, Description: one.Description, Nullable: one.AllowNullValue, Type: kind,
		})
	}
	return written, nil
}
