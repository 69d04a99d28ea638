#pragma once

#include <QWidget>

namespace tau::ui {

/// One page of the wizard: shows a part of the model and says whether it will do.
class WizardPage : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    virtual QString name() const = 0; ///< in the step header
    virtual void enter() {}           ///< each time it is shown
    /// Why Next is off, as the end of a sentence after "Next is off: "; empty when it is on.
    virtual QString blocked() const = 0;
    /// Where the keyboard starts; where the first issue is, if there is one.
    virtual QWidget* first_input() const = 0;

Q_SIGNALS:
    void changed();
    /// As if Next was pressed.
    void go_on();
};

} // namespace tau::ui
