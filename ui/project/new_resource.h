#pragma once

#include "core/project/templates.h"
#include "ui/common/field.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>

namespace tau::ui {

/// A new document: which kind, where, how it is called, and what it begins with.
class NewResource : public QWidget {
    Q_OBJECT
public:
    explicit NewResource(QWidget* parent = nullptr);
    /// Begins with a kind and an application (empty: global).
    void ask(const project::Store& store, project::KindId kind, const std::string& application);

    project::NewResource answer() const;
    QComboBox& kinds() { return *kinds_; }
    QComboBox& applications() { return *applications_; }
    QLineEdit& name() { return *name_; }
    QComboBox& templates() { return *templates_; }
    QPushButton& create() { return *create_; }
    QString note() const { return name_field_->note(); }

Q_SIGNALS:
    void wanted(const tau::project::NewResource& answer);
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh_templates();
    void refresh();

    const project::Store* store_ = nullptr; ///< while it is asked
    QComboBox* kinds_;
    QComboBox* applications_;
    QLineEdit* name_;
    QComboBox* templates_;
    Field* application_field_ = nullptr;
    Field* name_field_ = nullptr;
    Field* template_field_ = nullptr;
    QLabel* folder_;
    QPushButton* create_;
};

} // namespace tau::ui
